import { type ErrorCode, KeelError } from '#errors/keel-error';
import { type Text, text } from '#errors/text';

interface Words {
  readonly code: ErrorCode;
  readonly message: string;
  readonly remedy: Text;
}

const unreachable = (message: string, remedy: Text): Words => ({
  code: 'server-unreachable',
  message,
  remedy,
});
const ended = (why: string): Words => ({
  code: 'connection-lost',
  message: `Keel ended the connection to the server: ${why}`,
  remedy: 'check that it is the server that you mean, and what stands between it and this machine',
});
const untrusted = (message: string, remedy: Text): Words => ({ code: 'tls-failed', message, remedy });
const nameTheRoot = text`${{ do: 'name-authority' }}`;

/** By the error code of Node's network and TLS layers. */
const byNodeCode: Readonly<Record<string, Words>> = {
  ECONNREFUSED: unreachable(
    'nothing answers on that host and port',
    'check both, and that PostgreSQL is running',
  ),
  ENOTFOUND: unreachable('that host name is not known', 'check the name, and the DNS of this machine'),
  EAI_AGAIN: unreachable('the host name could not be looked up', 'check the network and DNS of this machine'),
  ETIMEDOUT: unreachable('the server did not answer in time', 'check firewalls and the port'),
  EHOSTUNREACH: unreachable('there is no route to that host', 'check the network, or the VPN'),
  ENETUNREACH: unreachable('there is no route to that network', 'check the network, or the VPN'),
  ENOENT: unreachable('there is no unix socket in that folder', 'check the folder and the port'),
  EACCES: unreachable('this account may not use that socket', 'run as an account that may'),
  ECONNRESET: {
    code: 'connection-lost',
    message: 'the connection was cut',
    remedy: 'check the server’s log, then run it again',
  },
  KEEL_CLEAR_PASSWORD: untrusted(
    'the server offers no TLS and asks for the password in clear, so it was not sent',
    'turn `ssl` on there, or use scram-sha-256 in pg_hba.conf; sslmode=disable sends it all the same',
  ),
  KEEL_INTERRUPTED: {
    code: 'cancelled',
    message: 'the connection was closed, since the server did not stop the statement in time',
    remedy: 'run it again when you like',
  },
  KEEL_ANOTHER_PROTOCOL: unreachable(
    'what answers on that host and port is no PostgreSQL',
    'check both; another service may be listening there',
  ),
  KEEL_MALFORMED: ended('it sent a message that is not of PostgreSQL’s protocol'),
  KEEL_OVERSIZED: ended('it announced a message that is larger than any of PostgreSQL’s here'),
  KEEL_ENDLESS_ROWS: ended('it went on sending rows beyond what the statement can have'),
  KEEL_ENDLESS_NOTICES: ended('it went on sending notices or parameters without an end'),
  KEEL_UNASKED: ended('it answered what was not asked'),
  EPIPE: {
    code: 'connection-lost',
    message: 'the connection was cut',
    remedy: 'check the server’s log, then run it again',
  },
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted('the server shows a self-signed certificate', nameTheRoot),
  SELF_SIGNED_CERT_IN_CHAIN: untrusted('the certificate’s authority is not trusted here', nameTheRoot),
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted('the certificate’s authority is not trusted here', nameTheRoot),
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted(
    'the certificate’s authority is not trusted here',
    nameTheRoot,
  ),
  UNABLE_TO_GET_ISSUER_CERT: untrusted('the certificate’s authority is not trusted here', nameTheRoot),
  CERT_SIGNATURE_FAILURE: untrusted('the certificate was not signed by the authority named', nameTheRoot),
  CERT_HAS_EXPIRED: untrusted('the server’s certificate has expired', 'renew it'),
  CERT_NOT_YET_VALID: untrusted(
    'the server’s certificate is not valid yet',
    'check the clocks of both machines',
  ),
  ERR_TLS_CERT_ALTNAME_INVALID: untrusted(
    'the server’s certificate is for another host name',
    'connect by the name in the certificate, or use sslmode=verify-ca knowingly',
  ),
};

/** By SQLSTATE (PostgreSQL documentation, appendix A). */
const bySqlState: Readonly<Record<string, Words>> = {
  '28P01': {
    code: 'login-refused',
    message: 'the password is wrong, or the role does not exist',
    remedy: 'check user and password',
  },
  '28000': {
    code: 'login-refused',
    message: 'the server does not let this role in from here',
    remedy: 'check pg_hba.conf: host, role, database, TLS, client certificate (sslcert, sslkey)',
  },
  '3D000': {
    code: 'database-missing',
    message: 'that database does not exist',
    remedy: text`${{ do: 'check-database-name' }}`,
  },
  '53300': unreachable('the server has no connection left', 'close some, or raise max_connections'),
  '57P03': unreachable('the server is starting up or shutting down', 'try again in a moment'),
  '42501': {
    code: 'privilege-missing',
    message: 'the role lacks a privilege',
    remedy: 'grant it, or connect as the owner',
  },
  '55P03': {
    code: 'lock-timeout',
    message: 'a lock could not be had in time',
    remedy: 'end the session that holds it (pg_locks)',
  },
  '25006': {
    code: 'server-read-only',
    message: 'the server takes no writes',
    remedy: 'connect to the primary',
  },
  '57014': {
    code: 'cancelled',
    message: 'the server stopped the statement',
    remedy: 'run it again when you like',
  },
  '57P01': {
    code: 'connection-lost',
    message: 'the server ended the session',
    remedy: 'find out who did, then run it again',
  },
  '57P02': {
    code: 'connection-lost',
    message: 'the server crashed',
    remedy: text`look at its log, then ${{ do: 'recover' }}`,
  },
  '53100': {
    code: 'query-failed',
    message: 'the server’s disk is full',
    remedy: 'free some space, then run it again',
  },
};

/** Whether the server had no connection left, for anybody or for this role or database (SQLSTATE 53300): it may have one later. */
export function isOutOfConnections(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if ((cause as { code?: unknown }).code === '53300') return true;
  return false;
}

/** Whether a code of Node's network and TLS layers is one that `fromDriverError` explains. */
export function hasWordsFor(code: string): boolean {
  return Object.hasOwn(byNodeCode, code);
}

/**
 * A driver's or server's error as one that a person can act on. `doing` says what was under way ("reading rows").
 * KeelErrors pass through. Never holds the server's DETAIL, which can show row data.
 */
export function fromDriverError(error: unknown, doing: string): KeelError {
  if (error instanceof KeelError) return error;
  const {
    code = '',
    message = String(error),
    severity,
  } = error as { code?: string; message?: string; severity?: string };
  const known = code === '55000' ? byClosedDatabase(message) : (wordsFor(code) ?? byMessage(message));
  // poolers send a severity too, but not the routine that PostgreSQL names
  const said = severity !== undefined && known?.code !== 'login-refused' ? `: ${oneLine(message)}` : '';
  if (known)
    return new KeelError(known.code, `${doing}: ${known.message}${said}`, known.remedy, { cause: error });
  if (error instanceof Error && error.name === 'AbortError') {
    return new KeelError('cancelled', `${doing} was cancelled`, 'run it again when you like', {
      cause: error,
    });
  }
  if (severity === undefined) throw error;
  return new KeelError('query-failed', `${doing}${said} (SQLSTATE ${code})`, 'look at the server’s log', {
    cause: error,
  });
}

/** A code of many meanings, one of which a login meets: `ALTER DATABASE … ALLOW_CONNECTIONS false`. */
function byClosedDatabase(message: string): Words | undefined {
  if (!/^database .* is not currently accepting connections$/s.test(message)) return undefined;
  return {
    code: 'login-refused',
    message: 'the database is closed: it allows no connections, and no row of it was read',
    remedy: 'open it (`ALTER DATABASE … ALLOW_CONNECTIONS true`), then run it again',
  };
}

/** The server chooses its code, which may be `constructor`. */
function wordsFor(code: string): Words | undefined {
  if (Object.hasOwn(byNodeCode, code)) return byNodeCode[code];
  return Object.hasOwn(bySqlState, code) ? bySqlState[code] : undefined;
}

function byMessage(message: string): Words | undefined {
  if (/does not support SSL/.test(message)) {
    return untrusted(
      'the server does not offer TLS',
      'turn `ssl` on there, or use sslmode=prefer or disable knowingly',
    );
  }
  if (/error establishing an SSL connection/.test(message)) return byNodeCode['KEEL_ANOTHER_PROTOCOL'];
  if (/timeout expired/.test(message)) return byNodeCode['ETIMEDOUT'];
  if (
    /Connection terminated|connection error and is not queryable|Client was closed|socket hang up/.test(
      message,
    )
  ) {
    return byNodeCode['ECONNRESET'];
  }
  if (/SASL|password must be a string/.test(message)) {
    return {
      code: 'login-refused',
      message: 'the server asks for a password and none was given, or it does not fit',
      remedy: text`${{ do: 'give-password' }}`,
    };
  }
  if (/SSL|TLS|certificate/i.test(message)) {
    return untrusted(
      `the TLS handshake failed (${oneLine(message)})`,
      'check sslmode, sslrootcert, sslcert and sslkey',
    );
  }
  return undefined;
}

/** The database is not trusted to write to a terminal or a log. */
function oneLine(text: string): string {
  return text.replace(/[\p{C}\s]+/gu, ' ').slice(0, 300);
}

/** Node's codes for a chain that ends at an authority which is not trusted. */
const untrustedCodes: ReadonlySet<unknown> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_GET_ISSUER_CERT',
]);

/**
 * What to say where a certificate is refused although a root certificate was named: it is that of another authority. Undefined for
 * other faults, and where none was named. `authority`: who signed, as the server's certificate says.
 */
export function refusedByNamedAuthority(
  { sslrootcert }: { readonly sslrootcert?: string | undefined },
  code: unknown,
  authority = 'that signed it',
): { readonly message: string; readonly remedy: Text } | undefined {
  if (sslrootcert === undefined || sslrootcert === 'system' || !untrustedCodes.has(code)) return undefined;
  return {
    message: `the server’s certificate is not signed by an authority in ${sslrootcert}`,
    remedy: text`use ${{ do: 'root-certificate', authority, another: true }}`,
  };
}
