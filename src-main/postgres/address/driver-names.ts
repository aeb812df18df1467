import type { WrittenAddress } from './split-url.ts';

/** Parameters of the JDBC driver by libpq's name for the same; those of the same name are not listed. */
const inJdbc: Readonly<Record<string, string>> = {
  channelBinding: 'channel_binding',
  connectTimeout: 'connect_timeout',
  databaseName: 'dbname',
  gssEncMode: 'gssencmode',
  loginTimeout: 'connect_timeout',
  PGDBNAME: 'dbname',
  PGHOST: 'host',
  PGPORT: 'port',
  requireAuth: 'require_auth',
  targetServerType: 'target_session_attrs',
};

/** Those of asyncpg, pg8000 and Rails. */
const inOthers: Readonly<Record<string, string>> = { database: 'dbname', username: 'user' };

/** The address with libpq's names for what a driver calls otherwise. */
export function withoutDriverNames(written: WrittenAddress): WrittenAddress {
  const names = written.jdbc ? inJdbc : inOthers;
  const values = new Map<string, string>();
  for (const [name, value] of written.values) {
    const own = Object.hasOwn(names, name) ? names[name] : undefined;
    if (own === undefined) values.set(name, value);
    else if (!written.values.has(own)) values.set(own, value);
  }
  if (!isPrisma(values) || !values.has('sslcert') || values.has('sslkey')) return { ...written, values };
  // Prisma's sslcert is the authority's certificate
  const root = values.get('sslcert') ?? '';
  values.delete('sslcert');
  if (!values.has('sslrootcert')) values.set('sslrootcert', root);
  return { ...written, values, notes: [...written.notes, 'sslcert is read as sslrootcert, as Prisma does'] };
}

function isPrisma(values: ReadonlyMap<string, string>): boolean {
  return ['sslaccept', 'sslidentity', 'schema', 'connection_limit'].some((name) => values.has(name));
}
