import { once } from 'node:events';
import { connect as connectSocket, type Socket } from 'node:net';
import { join } from 'node:path';
import { checkServerIdentity, type ConnectionOptions, connect as connectTls } from 'node:tls';
import { KeelError } from '#errors/keel-error';
import type { DatabaseTarget } from './target.ts';
import { tlsOptions, verification } from './tls.ts';

/** What a server shows when it is asked for TLS. Its texts are its own, and not to be trusted. */
export interface ShownCertificate {
  /** Like `TLSv1.3`. */
  readonly protocol: string;
  readonly subject: string;
  readonly issuer: string;
  readonly validTo: Date;
  /** Node's code for what is wrong with the chain, under the roots that the target trusts. */
  readonly chainFault?: string;
  readonly hostMatches: boolean;
}

/**
 * Asks the server for TLS and examines its certificate, whatever the mode demands; undefined where it offers none.
 * Nothing is sent but the request and the handshake. Throws errors of the network, or `tls-failed` for files that the mode needs.
 */
export async function probeTls(
  target: DatabaseTarget,
  signal: AbortSignal,
): Promise<ShownCertificate | undefined> {
  const options = await optionsToLook(target);
  const socket = await openSocket(target, signal);
  try {
    if (!(await requestTls(socket, signal))) return undefined;
    const secure = connectTls({
      ...options,
      socket,
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
    });
    await once(secure, 'secureConnect', { signal });
    const certificate = secure.getPeerCertificate();
    if (Object.keys(certificate).length === 0) throw notPostgres();
    const fault: unknown = secure.authorizationError;
    return {
      protocol: secure.getProtocol() ?? 'TLS',
      subject: nameOf(certificate.subject) || certificate.subjectaltname || 'nobody',
      issuer: nameOf(certificate.issuer) || 'nobody',
      validTo: new Date(certificate.valid_to),
      ...(!secure.authorized && { chainFault: fault instanceof Error ? fault.message : String(fault) }),
      hostMatches: checkServerIdentity(target.host, certificate) === undefined,
    };
  } finally {
    socket.destroy();
  }
}

/** Asks for TLS on a fresh socket; false where the server offers none. Throws `server-unreachable` for what is no PostgreSQL. */
export async function requestTls(socket: Socket, signal: AbortSignal): Promise<boolean> {
  socket.write(sslRequest);
  const answer = await firstBytes(socket, signal);
  if (answer === 'N') return false;
  // more than the one letter would be read as if it had come encrypted (CVE-2021-23222)
  if (answer !== 'S') throw notPostgres();
  return true;
}

/** A connected socket, which the caller ends. Throws errors of the network. */
export async function openSocket(
  { host, port, hostaddr }: Pick<DatabaseTarget, 'host' | 'port' | 'hostaddr'>,
  signal: AbortSignal,
): Promise<Socket> {
  const socket = host.startsWith('/')
    ? connectSocket(join(host, `.s.PGSQL.${port}`))
    : connectSocket({ host: hostaddr ?? host, port });
  try {
    await once(socket, 'connect', { signal });
    // unheard, a later error would end the process
    return socket.on('error', () => undefined);
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** PostgreSQL's request for TLS (protocol documentation, SSLRequest): length 8, code 80877103. */
const sslRequest = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

async function firstBytes(socket: Socket, signal: AbortSignal): Promise<string> {
  const cut = once(socket, 'close', { signal }).then(() => {
    throw Object.assign(new Error('the connection was lost'), { code: 'ECONNRESET' });
  });
  cut.catch(() => undefined);
  const [bytes] = (await Promise.race([once(socket, 'data', { signal }), cut])) as [Buffer];
  return bytes.toString('latin1');
}

/** The options to judge a certificate by, also under modes that do not. */
async function optionsToLook(target: DatabaseTarget): Promise<ConnectionOptions> {
  const strict = { ...target, sslmode: 'verify-full' } as const;
  if (verification(target) !== 'none') return (await tlsOptions(strict)) || {};
  return (await tlsOptions(strict).catch(() => tlsOptions(target))) || {};
}

function nameOf(
  name: { readonly CN?: string | string[]; readonly O?: string | string[] } | undefined,
): string {
  return [name?.CN ?? name?.O ?? ''].flat().join(' ');
}

function notPostgres(): KeelError {
  return new KeelError(
    'server-unreachable',
    'the service on that host and port is not PostgreSQL',
    'check the host and the port',
  );
}
