import { type Fields, firstOf, plainName } from './credential-fields.ts';
import { type DatabaseKind, databaseKindOf, databaseKindOfPort, usualPort } from './database-kinds.ts';
import type { LoginPlan, ReachPlan } from './probe-plan.ts';
import { asHost, asPort } from './server-name.ts';
import { tlsWishOf } from './tls-wish.ts';

/** The fields of a login, as sources call them. */
export const loginNames = {
  host: ['host', 'hostname', 'server', 'db_host', 'address', 'endpoint'],
  port: ['port', 'db_port'],
  user: ['username', 'user', 'db_user', 'login', 'role'],
  password: ['password', 'passwd', 'pass', 'pwd', 'db_password'],
  database: ['database', 'dbname', 'db_name', 'database_name', 'db'],
  kind: ['driver', 'dialect', 'engine', 'db_type', 'database_type', 'type', 'scheme', 'protocol'],
  mode: ['sslmode', 'ssl_mode', 'tls_mode', 'ssl', 'tls', 'use_ssl', 'use_tls', 'ssl_enabled'],
  verify: ['reject_unauthorized', 'verify_ssl', 'ssl_verify', 'verify_certificate', 'verify', 'tls_verify'],
};

/** Why a credential of a server could not be tried. */
type Lacks = 'incomplete' | 'unreadable';

/**
 * The login of a credential in parts. Undefined where it names no server. Where the server's kind is not known, only whether it
 * answers can be told.
 */
export function planLogin(
  fields: Fields,
  source: string | undefined,
): LoginPlan | ReachPlan | Lacks | undefined {
  const given = firstOf(fields, loginNames.host);
  const named = [source, ...namedKinds(fields)].map((name) =>
    name === undefined ? undefined : databaseKindOf(name),
  );
  const bySay = named.find((kind) => kind !== undefined);
  if (given === undefined) return bySay ? 'incomplete' : undefined;
  // that is for an API
  if (/^https?:/i.test(given.trim())) return undefined;
  const port = firstOf(fields, loginNames.port);
  const kind = bySay ?? (port === undefined ? undefined : databaseKindOfPort(Number(port)));
  const place = placeOf(given, port, kind);
  const password = firstOf(fields, loginNames.password);
  if (!kind) {
    if (password === undefined || port === undefined) return undefined;
    if (!place) return 'unreadable';
    const wish = tlsWishOf('redis', firstOf(fields, loginNames.mode), firstOf(fields, loginNames.verify));
    return { probe: 'tls', ...place, tls: wish };
  }
  if (!place) return 'unreadable';
  const user = firstOf(fields, loginNames.user);
  const needsUser = kind === 'postgresql' || kind === 'mysql';
  if (needsUser && (user === undefined || password === undefined)) return 'incomplete';
  const database = firstOf(fields, loginNames.database);
  const authSource = firstOf(fields, ['auth_source', 'auth_db', 'authentication_database']);
  return {
    probe: kind,
    ...place,
    tls: tlsWishOf(kind, firstOf(fields, loginNames.mode), firstOf(fields, loginNames.verify)),
    ...(user !== undefined && { user }),
    ...(password !== undefined && { password }),
    ...(database !== undefined && kind !== 'redis' && { database }),
    ...(authSource !== undefined && kind === 'mongodb' && { authSource }),
  };
}

function namedKinds(fields: Fields): string[] {
  return loginNames.kind.flatMap((name) => {
    const value = firstOf(fields, [name]);
    // `postgresql+asyncpg` is PostgreSQL
    return value === undefined ? [] : [plainName(value.split('+')[0] ?? '')];
  });
}

/** A host that brings its port along is read too. */
function placeOf(given: string, port: string | undefined, kind: DatabaseKind | undefined) {
  const [, name = given, own] = /^\s*([^:\s]+):(\d+)\s*$/.exec(given) ?? [];
  const host = asHost(name);
  const number = asPort(own ?? port?.trim(), kind ? usualPort[kind] : 0);
  return host === undefined || !number ? undefined : { host, port: number };
}
