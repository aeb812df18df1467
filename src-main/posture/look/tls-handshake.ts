import { once } from 'node:events';
import type { Socket } from 'node:net';
import {
  checkServerIdentity,
  connect as connectTls,
  type ConnectionOptions,
  type DetailedPeerCertificate,
  createSecureContext,
  type TLSSocket,
} from 'node:tls';
import { isIP } from 'node:net';
import { endsAtTrusted } from './chain-trust.ts';
import { brokenDigestOf } from './signature-digest.ts';
import { shownText } from '#shared/visible-text';

/** What a server shows in a handshake that accepts everything, so that it can be judged. */
export interface ShownTls {
  /** Like `TLSv1.3`. */
  readonly protocol: string;
  readonly cipher: string;
  readonly subject: string;
  readonly issuer: string;
  readonly validFrom?: string;
  readonly validTo?: string;
  /** Node's code for what is wrong with the chain, its dates apart. */
  readonly chainFault?: string;
  /** Of the certificate's public key: `RSA` or `EC`. */
  readonly keyType?: string;
  readonly keyBits?: number;
  readonly hostMatches: boolean;
  /** The host is in the common name only, which clients of today do not read (RFC 9525, section 1.2). */
  readonly onlyInCommonName?: true;
  /** A digest older than SHA-256 that signed a certificate of the chain other than its root. */
  readonly brokenDigest?: string;
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

/**
 * A handshake with whatever the server is able to: with its own suites first, and where that fails with those that nobody should use,
 * so that they can be judged. The caller destroys the socket.
 */
export async function shakeHandsAnyhow(
  open: OpenSocket,
  host: string,
  options: ConnectionOptions,
  signal: AbortSignal,
): Promise<{ readonly socket: Socket; readonly secure: TLSSocket }> {
  const weak = weakestSuites();
  for (const suites of weak === undefined ? [{}] : [{}, { ciphers: weak }]) {
    const socket = await open(signal);
    try {
      return { socket, secure: await shakeHands(socket, host, { ...options, ...suites }, signal) };
    } catch (error) {
      socket.destroy();
      signal.throwIfAborted();
      const { code = '' } = error as NodeJS.ErrnoException;
      const isLast = weak === undefined || 'ciphers' in suites;
      if (isLast || !/ALERT|TOO_SMALL|NO_SHARED_CIPHER|HANDSHAKE/.test(code)) throw error;
    }
  }
  throw new Error('no handshake was tried');
}

/** Every suite of the runtime, those without encryption too; BoringSSL does not know these names. */
function weakestSuites(): string | undefined {
  const ciphers = 'ALL:COMPLEMENTOFALL:@SECLEVEL=0';
  try {
    createSecureContext({ ciphers });
    return ciphers;
  } catch {
    return undefined;
  }
}

/** Reads what a finished handshake showed, judged by the PEM of those who are trusted. The server wrote it. */
export function shownIn(secure: TLSSocket, host: string, roots: readonly (string | Buffer)[]): ShownTls {
  const certificate = secure.getPeerCertificate(true);
  const empty = Object.keys(certificate).length === 0;
  const fault: unknown = secure.authorizationError;
  return {
    protocol: secure.getProtocol() ?? 'TLS',
    cipher: secure.getCipher().name,
    subject: empty ? 'nobody' : nameOf(certificate.subject) || shownText(certificate.subjectaltname ?? ''),
    issuer: empty ? 'nobody' : nameOf(certificate.issuer),
    ...timeOf('validFrom', certificate.valid_from),
    ...timeOf('validTo', certificate.valid_to),
    ...(!secure.authorized && chainFaultOf(fault, certificate, roots)),
    ...(certificate.bits !== undefined && {
      keyBits: certificate.bits,
      keyType: certificate.asn1Curve === undefined ? 'RSA' : 'EC',
    }),
    hostMatches: !empty && checkServerIdentity(host, certificate) === undefined,
    ...(!empty && certificate.subjectaltname === undefined && { onlyInCommonName: true as const }),
    ...(!empty && digestIn(certificate)),
  };
}

/** A root vouches for itself, so that its signature proves nothing. */
function digestIn(leaf: DetailedPeerCertificate): { readonly brokenDigest?: string } {
  const seen = new Set<string>();
  // absent at the end of a chain that is not complete, whatever the declaration says
  for (let at: DetailedPeerCertificate | undefined = leaf; at && !seen.has(at.fingerprint256); ) {
    const issuer: DetailedPeerCertificate | undefined = at.issuerCertificate;
    const brokenDigest = issuer?.raw.equals(at.raw) && at !== leaf ? undefined : brokenDigestOf(at.raw);
    if (brokenDigest !== undefined) return { brokenDigest };
    seen.add(at.fingerprint256);
    at = issuer;
  }
  return {};
}

/** OpenSSL tells the last of several faults: one of its dates may hide that nobody vouches for the chain. */
function chainFaultOf(
  fault: unknown,
  certificate: DetailedPeerCertificate,
  roots: readonly (string | Buffer)[],
): { readonly chainFault?: string } {
  const code = shownText(fault instanceof Error ? fault.message : String(fault), 60);
  if (code !== 'CERT_HAS_EXPIRED' && code !== 'CERT_NOT_YET_VALID') return { chainFault: code };
  if (endsAtTrusted(certificate, roots)) return {};
  // absent where nobody known signed it, whatever the declaration says
  const issuer: DetailedPeerCertificate | undefined = certificate.issuerCertificate;
  const isSelfSigned = issuer?.raw.equals(certificate.raw) ?? false;
  return { chainFault: isSelfSigned ? 'DEPTH_ZERO_SELF_SIGNED_CERT' : 'UNABLE_TO_GET_ISSUER_CERT' };
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
