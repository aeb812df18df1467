import type { ProbeReason } from '#contract/connections';
import { ProbeEnded } from '#connections/verdict';

/** By the error code of Node's network and TLS layers (node:errors, OpenSSL's verify codes). */
const byNodeCode: Readonly<Record<string, ProbeReason>> = {
  ENOTFOUND: 'name-unknown',
  EAI_AGAIN: 'name-unknown',
  ECONNREFUSED: 'port-closed',
  ETIMEDOUT: 'timeout',
  EHOSTUNREACH: 'no-route',
  ENETUNREACH: 'no-route',
  EADDRNOTAVAIL: 'no-route',
  ECONNRESET: 'cut-off',
  EPIPE: 'cut-off',
  ERR_SOCKET_CLOSED: 'cut-off',
  ERR_STREAM_PREMATURE_CLOSE: 'cut-off',
  CERT_HAS_EXPIRED: 'expired',
  CERT_NOT_YET_VALID: 'not-yet-valid',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'authority-unknown',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'authority-unknown',
  UNABLE_TO_GET_ISSUER_CERT: 'authority-unknown',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'authority-unknown',
  CERT_SIGNATURE_FAILURE: 'authority-unknown',
  CERT_UNTRUSTED: 'authority-unknown',
  INVALID_CA: 'authority-unknown',
  ERR_TLS_CERT_ALTNAME_INVALID: 'other-host',
  HOSTNAME_MISMATCH: 'other-host',
  ERR_SSL_WRONG_VERSION_NUMBER: 'another-protocol',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'another-protocol',
  ERR_SSL_HTTP_REQUEST: 'another-protocol',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'tls-outdated',
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 'tls-outdated',
  ERR_SSL_VERSION_TOO_LOW: 'tls-outdated',
};

/** How deep drivers wrap what the network layer said. */
const maxCauses = 6;

/**
 * Why a probe failed below the protocol, by codes alone: an error's text may hold what the server, or the driver, made of the
 * credential. Undefined where the codes are none of the network's.
 */
export function faultReason(error: unknown): ProbeReason | undefined {
  for (const inner of chainOf(error)) {
    if (inner instanceof ProbeEnded) return inner.reason;
    const { code } = inner as { code?: unknown };
    if (typeof code !== 'string') continue;
    if (Object.hasOwn(byNodeCode, code)) return byNodeCode[code];
    // OpenSSL's and BoringSSL's names differ, their beginnings do not
    if (/^ERR_SSL_|^EPROTO$/.test(code)) return handshakeReason(inner);
    if (/^(CERT_|CRL_|UNABLE_TO_|ERR_TLS_CERT_)/.test(code)) return 'authority-unknown';
  }
  return undefined;
}

function handshakeReason(error: object): ProbeReason {
  const { code, reason, message } = error as { code?: string; reason?: string; message?: string };
  const said = `${code} ${reason ?? ''} ${message ?? ''}`.toLowerCase().replace(/[ _-]+/g, ' ');
  if (/wrong version number|packet length|http request/.test(said)) return 'another-protocol';
  if (/protocol version|unsupported protocol|version too low/.test(said)) return 'tls-outdated';
  return 'handshake-failed';
}

/** An error, its causes, and what it gathered, outermost first. */
function chainOf(error: unknown): object[] {
  const found: object[] = [];
  const visit = (value: unknown, depth: number) => {
    if (typeof value !== 'object' || value === null || depth > maxCauses || found.includes(value)) return;
    found.push(value);
    const { cause, errors } = value as { cause?: unknown; errors?: unknown };
    visit(cause, depth + 1);
    if (Array.isArray(errors)) for (const inner of errors.slice(0, maxCauses)) visit(inner, depth + 1);
  };
  visit(error, 0);
  return found;
}
