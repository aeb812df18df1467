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
  remedy: 'check that this is the right server, and which proxies are between it and this machine',
});
const untrusted = (message: string, remedy: Text): Words => ({ code: 'tls-failed', message, remedy });
const nameTheRoot = text`${{ do: 'name-authority' }}`;

/** By the error code of Node's network and TLS layers. */
const byNodeCode: Readonly<Record<string, Words>> = {
  ECONNREFUSED: unreachable(
    'nothing is listening on that host and port',
    'check the host and the port, and that PostgreSQL is running',
  ),
  ENOTFOUND: unreachable('that host name cannot be resolved', 'check the name and this machine’s DNS'),
  EAI_AGAIN: unreachable('the host name could not be looked up', 'check this machine’s network and DNS'),
  ETIMEDOUT: unreachable('the server did not answer in time', 'check firewalls and the port'),
  EHOSTUNREACH: unreachable('there is no route to that host', 'check the network, or the VPN'),
  ENETUNREACH: unreachable('there is no route to that network', 'check the network, or the VPN'),
  ENOENT: unreachable('there is no Unix socket in that directory', 'check the directory and the port'),
  EACCES: unreachable('this account is not allowed to use that socket', 'run Keel as an account that is'),
  ECONNRESET: {
    code: 'connection-lost',
    message: 'the connection was lost',
    remedy: 'check the server log, then run it again',
  },
  KEEL_CLEAR_PASSWORD: untrusted(
    'the server offers no TLS and asks for the password in plain text, so it was not sent',
    'turn on `ssl` there, or use scram-sha-256 in pg_hba.conf; sslmode=disable sends the password anyway',
  ),
  KEEL_INTERRUPTED: {
    code: 'cancelled',
    message: 'the connection was closed because the server did not stop the statement in time',
    remedy: 'run it again when you are ready',
  },
  KEEL_ANOTHER_PROTOCOL: unreachable(
    'the service on that host and port is not PostgreSQL',
    'check the host and the port; another service may be listening there',
  ),
  KEEL_MALFORMED: ended('it sent a message that does not belong to the PostgreSQL protocol'),
  KEEL_OVERSIZED: ended('it announced a message larger than any that PostgreSQL sends here'),
  KEEL_ENDLESS_ROWS: ended('it kept sending more rows than the statement can return'),
  KEEL_ENDLESS_NOTICES: ended('it sent notices or parameters endlessly'),
  KEEL_UNASKED: ended('it sent a reply that was not requested'),
  EPIPE: {
    code: 'connection-lost',
    message: 'the connection was lost',
    remedy: 'check the server log, then run it again',
  },
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted('the server presents a self-signed certificate', nameTheRoot),
  SELF_SIGNED_CERT_IN_CHAIN: untrusted(
    'the CA that signed the certificate is not trusted on this machine',
    nameTheRoot,
  ),
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted(
    'the CA that signed the certificate is not trusted on this machine',
    nameTheRoot,
  ),
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted(
    'the CA that signed the certificate is not trusted on this machine',
    nameTheRoot,
  ),
  UNABLE_TO_GET_ISSUER_CERT: untrusted(
    'the CA that signed the certificate is not trusted on this machine',
    nameTheRoot,
  ),
  CERT_SIGNATURE_FAILURE: untrusted('the certificate was not signed by the configured CA', nameTheRoot),
  CERT_HAS_EXPIRED: untrusted('the server’s certificate has expired', 'renew the certificate'),
  CERT_NOT_YET_VALID: untrusted(
    'the server’s certificate is not valid yet',
    'check the clocks of both machines',
  ),
  ERR_TLS_CERT_ALTNAME_INVALID: untrusted(
    'the server’s certificate is for another host name',
    'connect using the name in the certificate, or use sslmode=verify-ca if you accept that the host name is not verified',
  ),
};

/** By SQLSTATE (PostgreSQL documentation, appendix A). */
const bySqlState: Readonly<Record<string, Words>> = {
  '28P01': {
    code: 'login-refused',
    message: 'the password is wrong, or the role does not exist',
    remedy: 'check the user name and the password',
  },
  '28000': {
    code: 'login-refused',
    message: 'the server does not let this role log in from this machine',
    remedy: 'check pg_hba.conf: host, role, database, TLS, client certificate (sslcert, sslkey)',
  },
  '3D000': {
    code: 'database-missing',
    message: 'that database does not exist',
    remedy: text`${{ do: 'check-database-name' }}`,
  },
  '53300': unreachable(
    'the server has no free connections',
    'close some connections, or raise max_connections',
  ),
  '57P03': unreachable('the server is starting up or shutting down', 'try again in a moment'),
  '42501': {
    code: 'privilege-missing',
    message: 'the role lacks a privilege',
    remedy: 'grant the privilege, or connect as the owner',
  },
  '55P03': {
    code: 'lock-timeout',
    message: 'a lock could not be obtained in time',
    remedy: 'end the session that holds the lock (pg_locks)',
  },
  '25006': {
    code: 'server-read-only',
    message: 'the server does not accept writes',
    remedy: 'connect to the primary',
  },
  '57014': {
    code: 'cancelled',
    message: 'the server cancelled the statement',
    remedy: 'run it again when you are ready',
  },
  '57P01': {
    code: 'connection-lost',
    message: 'the server ended the session',
    remedy: 'find out why, then run it again',
  },
  '57P02': {
    code: 'connection-lost',
    message: 'the server crashed',
    remedy: text`check its log, then ${{ do: 'recover' }}`,
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

/**
 * Whether no other place is read after one could not be: the connection is lost, or the work was cancelled. `isTimed`: statements have a
 * limit of ours (`readWithin`), and the server calls one that reaches it cancelled too.
 */
export function endsReading(
  { code }: KeelError,
  signal: AbortSignal | undefined,
  { isTimed = false } = {},
): boolean {
  return code === 'connection-lost' || (code === 'cancelled' && !isTimed) || signal?.aborted === true;
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
    return new KeelError('cancelled', `${doing} was cancelled`, 'run it again when you are ready', {
      cause: error,
    });
  }
  if (severity === undefined) throw error;
  return new KeelError('query-failed', `${doing}${said} (SQLSTATE ${code})`, 'check the server’s log', {
    cause: error,
  });
}

/** A code of many meanings, one of which a login meets: `ALTER DATABASE … ALLOW_CONNECTIONS false`. */
function byClosedDatabase(message: string): Words | undefined {
  if (!/^database .* is not currently accepting connections$/s.test(message)) return undefined;
  return {
    code: 'login-refused',
    message: 'the database does not allow connections; no row of it was read',
    remedy: 'allow them (`ALTER DATABASE … ALLOW_CONNECTIONS true`), then run it again',
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
      'turn on `ssl` there, or use sslmode=prefer or disable if you accept an unencrypted connection',
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
      message: 'the server asks for a password, and none was given or it is wrong',
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
    message: `the server’s certificate was not signed by a CA in ${sslrootcert}`,
    remedy: text`use ${{ do: 'root-certificate', authority, another: true }}`,
  };
}
