import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import {
  createServer as createPlainServer,
  type RequestListener,
  type Server as PlainServer,
} from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { TlsOptions } from 'node:tls';
import { tlsFixtures } from '../postgres/postgres-server.ts';

export interface ApiServer extends AsyncDisposable {
  readonly port: number;
  readonly origin: string;
  /** What was asked, and how the asker identified itself. */
  readonly heard: { readonly path: string; readonly authorization: string | undefined }[];
}

export interface ApiServerOptions extends TlsOptions {
  /** Of the fixtures; without one it speaks plain HTTP. */
  readonly certificate?: string;
}

/** A real server on localhost, over TLS with one of the fixtures' certificates. */
export async function startApi(
  answer: RequestListener,
  { certificate = 'server', ...tls }: ApiServerOptions = {},
): Promise<ApiServer> {
  const pem = (end: string) => readFileSync(join(tlsFixtures, `${certificate}.${end}`));
  return listening(createServer({ cert: pem('crt'), key: pem('key'), ...tls }), 'https', answer);
}

export async function startPlainApi(answer: RequestListener): Promise<ApiServer> {
  return listening(createPlainServer(), 'http', answer);
}

async function listening(server: PlainServer, scheme: string, answer: RequestListener): Promise<ApiServer> {
  const heard: ApiServer['heard'] = [];
  server.on('request', (request, response) => {
    heard.push({ path: request.url ?? '', authorization: request.headers.authorization });
    answer(request, response);
  });
  // a client that refuses the certificate is what some tests are about
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    origin: `${scheme}://localhost:${port}`,
    heard,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
