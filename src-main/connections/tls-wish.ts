import type { DatabaseKind } from './database-kinds.ts';
import type { TlsWish } from './probe-plan.ts';

/** What drivers do where nothing is said: PostgreSQL's and MySQL's take TLS if it is there, the others do not ask for it. */
const unsaid: Readonly<Record<DatabaseKind, TlsWish>> = {
  postgresql: 'if-offered',
  mysql: 'if-offered',
  redis: 'none',
  mongodb: 'none',
};

const byMode: Readonly<Record<string, TlsWish>> = {
  disable: 'none',
  disabled: 'none',
  false: 'none',
  no: 'none',
  off: 'none',
  '0': 'none',
  none: 'none',
  allow: 'if-offered',
  prefer: 'if-offered',
  preferred: 'if-offered',
  require: 'unverified',
  required: 'unverified',
  skipverify: 'unverified',
  noverify: 'unverified',
  // asked for, and nothing said against examining who answers
  true: 'verified',
  yes: 'verified',
  on: 'verified',
  '1': 'verified',
  // a chain without its host name is no proof of who answers
  verifyca: 'verified',
  verifyfull: 'verified',
  verifyidentity: 'verified',
};

/**
 * How the way is to be protected, by the credential's own words (`sslmode=require`, `ssl: true`). Words that are not known are
 * taken for the strictest.
 */
export function tlsWishOf(kind: DatabaseKind, mode: string | undefined, verify?: string): TlsWish {
  const said = mode?.toLowerCase().replace(/[^a-z0-9]/g, '');
  if (said === undefined || said === '') return unsaid[kind];
  const wish = Object.hasOwn(byMode, said) ? (byMode[said] as TlsWish) : 'verified';
  return wish === 'verified' && /^(false|0|no|off)$/i.test(verify ?? '') ? 'unverified' : wish;
}
