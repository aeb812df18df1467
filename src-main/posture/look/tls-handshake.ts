import { once } from 'node:events';
import type { Socket } from 'node:net';
import {
  checkServerIdentity,
  connect as connectTls,
  type ConnectionOptions,
  createSecureContext,
  type SecureVersion,
  type TLSSocket,
} from 'node:tls';
import { isIP } from 'node:net';
import { shownText } from './shown-text.ts';

/** What a server shows in a handshake that accepts everything, so that it can be judged. */
export interface ShownTls {
  /** Like `TLSv1.3`. */
  readonly protocol: string;
  readonly cipher: string;
  readonly subject: string;
  readonly issuer: string;
  readonly validFrom?: string;
  readonly validTo?: string;
  /** Node's code for what is wrong with the chain. */
  readonly chainFault?: string;
  readonly hostMatches: boolean;
}

/** Which of the versions that TLS 1.2 replaced a server still speaks; `unclear` where this runtime could not ask. */
export interface OldProtocols {
  readonly accepted: readonly string[];
  readonly unclear: boolean;
}

/** Opens a socket on which the handshake may begin. The caller destroys it. */
export type OpenSocket = (signal: AbortSignal) => Promise<Socket>;

/**
 * A handshake that refuses no certificate: nothing secret may be sent over it. Its socket is destroyed with it. Throws errors of the network
 * and of TLS, or the signal's reason.
 */
export async function shakeHands(
  socket: Socket,
  host: string,
  options: ConnectionOptions,
  signal: AbortSignal,
): Promise<TLSSocket> {
  const secure = connectTls({
    ...options,
    ...(isIP(host) ? {} : { servername: host }),
    socket,
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
  });
  await once(secure, 'secureConnect', { signal });
  // unheard, a later error would end the process
  return secure.on('error', () => undefined);
}

/** Reads what a finished handshake showed. The server wrote it. */
export function shownIn(secure: TLSSocket, host: string): ShownTls {
  const certificate = secure.getPeerCertificate();
  const empty = Object.keys(certificate).length === 0;
  const fault: unknown = secure.authorizationError;
  return {
    protocol: secure.getProtocol() ?? 'TLS',
    cipher: secure.getCipher().name,
    subject: empty ? 'nobody' : nameOf(certificate.subject) || shownText(certificate.subjectaltname ?? ''),
    issuer: empty ? 'nobody' : nameOf(certificate.issuer),
    ...timeOf('validFrom', certificate.valid_from),
    ...timeOf('validTo', certificate.valid_to),
    ...(!secure.authorized && {
      chainFault: shownText(fault instanceof Error ? fault.message : String(fault), 60),
    }),
    hostMatches: !empty && checkServerIdentity(host, certificate) === undefined,
  };
}

/** Asks for TLS 1.1 and 1.0, each alone and on a socket of its own. */
export async function askForOldProtocols(
  open: OpenSocket,
  host: string,
  signal: AbortSignal,
): Promise<OldProtocols> {
  const accepted: string[] = [];
  let unclear = false;
  for (const version of ['TLSv1.1', 'TLSv1'] as const) {
    const answer = await speaks(version, open, host, signal);
    if (answer === 'yes') accepted.push(version === 'TLSv1' ? 'TLS 1.0' : 'TLS 1.1');
    if (answer === 'unclear') unclear = true;
  }
  return { accepted, unclear };
}

/** The digests of those versions are below OpenSSL's security level, which is what is being asked about; BoringSSL has no levels. */
function withOldDigests(): { readonly ciphers?: string } {
  const ciphers = 'DEFAULT@SECLEVEL=0';
  try {
    createSecureContext({ ciphers });
    return { ciphers };
  } catch {
    return {};
  }
}

async function speaks(
  version: SecureVersion,
  open: OpenSocket,
  host: string,
  signal: AbortSignal,
): Promise<'yes' | 'no' | 'unclear'> {
  const socket = await open(signal);
  try {
    const only = { minVersion: version, maxVersion: version, ...withOldDigests() };
    await shakeHands(socket, host, only, signal);
    return 'yes';
  } catch (error) {
    signal.throwIfAborted();
    const { code = '' } = error as NodeJS.ErrnoException;
    // the server took the version up, and this side would not go on
    if (/LEGACY_SIGALG|DH_KEY_TOO_SMALL|EE_KEY_TOO_SMALL/.test(code)) return 'yes';
    return /ALERT|ECONNRESET|EPIPE|UNSUPPORTED_PROTOCOL|WRONG_VERSION/.test(code) ? 'no' : 'unclear';
  } finally {
    socket.destroy();
  }
}

function timeOf<Name extends string>(
  name: Name,
  text: string | undefined,
): { readonly [K in Name]?: string } {
  const at = Date.parse(text ?? '');
  return Number.isNaN(at) ? {} : ({ [name]: new Date(at).toISOString() } as { [K in Name]?: string });
}

function nameOf(name: { readonly CN?: string | string[]; readonly O?: string | string[] } | undefined) {
  return shownText([name?.CN ?? name?.O ?? ''].flat().join(' '), 80);
}
