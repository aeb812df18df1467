import { type DatabaseAddress, databaseAddress } from '#contract/environments';
import type { Secret } from '#crypto/secret';
import { KeelError } from '#errors/keel-error';
import type { HostAddress } from './address/hosts.ts';
import type { DatabaseTarget } from './target.ts';

/** Milliseconds that a connection from the window may take to come up. */
const connectTimeoutMs = 10_000;

/**
 * How to reach the database at an address of the window. The target holds `password` itself, which stays the caller's to
 * dispose. Throws `url-malformed` for parts that no server could have.
 */
export function targetFromAddress(address: DatabaseAddress, password?: Secret): DatabaseTarget {
  const { host, port, database, user, sslmode } = address;
  const hosts = [host, ...(address.others ?? []).map((other) => other.host)].join('');
  for (const [part, text] of Object.entries({
    host: hosts,
    database,
    user,
    options: address.options ?? '',
  })) {
    // a zero byte would end the field in the protocol's first message and begin another one
    if (/\p{Cc}/u.test(text))
      throw malformed(`the ${part} contains a control character`, `enter the ${part} again`);
  }
  const { sslrootcert, sslcert, sslkey, options, hostaddr, others } = address;
  return {
    host,
    port,
    database,
    user,
    sslmode,
    ...(password && { password }),
    ...(sslrootcert !== undefined && { sslrootcert }),
    ...(sslcert !== undefined && { sslcert }),
    ...(sslkey !== undefined && { sslkey }),
    ...(options !== undefined && { options }),
    ...(hostaddr !== undefined && { hostaddr }),
    ...(others && { others: others.map(hostOf) }),
    connectTimeoutMs,
  };
}

function hostOf({ host, port, hostaddr }: NonNullable<DatabaseAddress['others']>[number]): HostAddress {
  return { host, port, ...(hostaddr !== undefined && { hostaddr }) };
}

/** The address of a target, without its password. Throws `url-malformed` for one that is longer than a server allows. */
export function addressOf(target: DatabaseTarget): DatabaseAddress {
  const { password: _, connectTimeoutMs: __, notes: ___, ...address } = target;
  const parsed = databaseAddress.safeParse(address);
  if (parsed.success) return parsed.data;
  const part = String(parsed.error.issues[0]?.path[0] ?? 'address');
  throw malformed(`the ${part} is longer than PostgreSQL allows`, `check the ${part}`);
}

function malformed(message: string, remedy: string): KeelError {
  return new KeelError('url-malformed', `${message}; no connection was made`, remedy);
}
