import { readFile } from 'node:fs/promises';
import { createServer as createPlain, type RequestListener, type Server } from 'node:http';
import { createServer, type ServerOptions } from 'node:https';
import { type AddressInfo, createServer as createSocketServer } from 'node:net';
import { join } from 'node:path';
import { tlsFixtures } from '../postgres/postgres-server.ts';

/** A server on a free port of this machine. */
export interface StandIn extends AsyncDisposable {
  readonly url: string;
  /** What it was asked for, with its headers. */
  readonly asked: { readonly path: string; readonly headers: Readonly<Record<string, unknown>> }[];
}

/** TLS below 1.2 needs the digests of its time. */
export const oldDigests = 'DEFAULT@SECLEVEL=0';

/** An HTTPS server under one of the fixtures' certificates. */
export async function httpsServer(
  certificate: string,
  options: ServerOptions = {},
  answer: RequestListener = (_, response) => response.end('{}'),
  at?: ListenAt,
): Promise<StandIn> {
  const [cert, key] = await Promise.all(
    ['crt', 'key'].map((end) => readFile(join(tlsFixtures, `${certificate}.${end}`))),
  );
  const asked: StandIn['asked'] = [];
  const server = createServer({ cert, key, ...options } as ServerOptions, recording(asked, answer));
  server.on('tlsClientError', () => undefined);
  return standIn(server, 'https', asked, at);
}

export async function httpServer(answer: RequestListener): Promise<StandIn> {
  const asked: StandIn['asked'] = [];
  return standIn(createPlain(recording(asked, answer)), 'http', asked);
}

/** Something that takes connections and is no web server. */
export async function socketServer(onBytes: (write: (text: string) => void) => void): Promise<StandIn> {
  const server = createSocketServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => onBytes((text) => socket.write(text)));
  });
  return standIn(server as unknown as Server, 'http', []);
}

/** Qdrant's answer to a list of its collections, with or without an API key to be guarded by. */
export function qdrant(apiKey?: string): RequestListener {
  return (request, response) => {
    if (apiKey !== undefined && request.headers['api-key'] !== apiKey) {
      response.writeHead(401).end('Must provide an API key or an Authorization bearer token');
    } else if (request.url === '/collections') {
      response.setHeader('content-type', 'application/json');
      response.end('{"result":{"collections":[{"name":"a"},{"name":"b"}]},"status":"ok","time":0.00001}');
    } else response.writeHead(404).end();
  };
}

function recording(asked: StandIn['asked'], answer: RequestListener): RequestListener {
  return (request, response) => {
    asked.push({ path: request.url ?? '', headers: request.headers });
    answer(request, response);
  };
}

interface ListenAt {
  readonly host: string;
  readonly port: number;
}

async function standIn(
  server: Server,
  scheme: string,
  asked: StandIn['asked'],
  at: ListenAt = { host: 'localhost', port: 0 },
): Promise<StandIn> {
  await new Promise<void>((ready) => server.listen(at.port, at.host, ready));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${scheme}://localhost:${port}`,
    asked,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections?.();
      await new Promise((done) => server.close(done));
    },
  };
}
