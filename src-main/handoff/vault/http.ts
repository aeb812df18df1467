import { parsedUrl } from '#shared/parsed-url';
import http from 'node:http';
import https from 'node:https';
import { isIP } from 'node:net';
import { readRootCertificate } from '#storage/root-certificate';
import type { Secret } from '#crypto/secret';
import { KeelError } from '#errors/keel-error';
import { JsonText } from './json-text.ts';

export interface VaultAccess {
  /** Like `https://vault.example.org:8200`. */
  readonly address: string;
  /** File of root certificates; the system's without it. */
  readonly caFile?: string;
  /** Of Vault Enterprise and OpenBao. */
  readonly namespace?: string;
  readonly token: Secret;
}

export interface VaultAnswer {
  readonly status: number;
  /** Without anything in it where the answer is no JSON. */
  readonly body: JsonText;
}

const msToAnswer = 15_000;
const longestBody = 1024 * 1024;

/**
 * One request to the HTTP API of Vault or OpenBao. Follows no redirect: the token goes to no other host. Throws `url-malformed`,
 * `tls-failed`, `server-unreachable`; any status is an answer. The caller keeps the token.
 */
export async function askVault(
  { address, caFile, namespace, token }: VaultAccess,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  body?: string,
): Promise<VaultAnswer> {
  const url = vaultUrl(address, path);
  const ca = caFile === undefined ? undefined : await readRootCertificate(caFile);
  const payload = body === undefined ? undefined : Buffer.from(body, 'utf8');
  try {
    return await new Promise<VaultAnswer>((resolve, reject) => {
      const request = (url.protocol === 'https:' ? https : http).request(
        url,
        {
          method,
          timeout: msToAnswer,
          ...(ca && { ca }),
          // whatever NODE_TLS_REJECT_UNAUTHORIZED says
          rejectUnauthorized: true,
          headers: {
            'X-Vault-Token': token.bytes.toString('latin1'),
            'X-Vault-Request': 'true',
            ...(namespace && { 'X-Vault-Namespace': namespace }),
            ...(payload && { 'Content-Type': 'application/json', 'Content-Length': payload.length }),
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          let size = 0;
          response.on('data', (chunk: Buffer) => {
            size += chunk.length;
            if (size > longestBody) response.destroy(new Error('the response is too long'));
            else chunks.push(chunk);
          });
          response.once('error', reject);
          response.once('end', () => {
            const text = Buffer.concat(chunks);
            for (const chunk of chunks) chunk.fill(0);
            resolve({ status: response.statusCode ?? 0, body: new JsonText(text.toString('utf8')) });
            text.fill(0);
          });
        },
      );
      request.once('timeout', () => request.destroy(new Error('it did not answer in time')));
      request.once('error', reject);
      request.end(payload);
    });
  } catch (error) {
    throw unreachable(url, error as NodeJS.ErrnoException);
  } finally {
    payload?.fill(0);
  }
}

function vaultUrl(address: string, path: string): URL {
  const url = parsedUrl(address);
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.search || url.hash) {
    throw new KeelError(
      'url-malformed',
      'this is not a Vault address; nothing was changed',
      'use the format https://vault.example.org:8200, without user, query or fragment',
    );
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw new KeelError(
      'tls-failed',
      'the key would cross the network in plain text; nothing was sent',
      'use https, or a Vault on this machine',
    );
  }
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/v1/${path}`;
  return url;
}

function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

const certificateCodes = /CERT|SELF_SIGNED|UNABLE_TO_|ALTNAME|SSL|TLS|EPROTO/;

function unreachable(url: URL, error: NodeJS.ErrnoException): KeelError {
  const why = error.code ?? error.message;
  if (certificateCodes.test(why)) {
    return new KeelError(
      'tls-failed',
      `the certificate of ${url.host} is not trusted (${why}); nothing was sent`,
      'specify a file with its root certificates, or check the address',
      { cause: error },
    );
  }
  return new KeelError(
    'server-unreachable',
    `${url.host} did not answer (${why}); whether it made the change is unknown`,
    'check the address and the network, then check the destination again',
    { cause: error },
  );
}
