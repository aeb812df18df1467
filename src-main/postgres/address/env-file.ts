import { KeelError } from '#errors/keel-error';
import { type EnvValue, readEnvValues } from './env-values.ts';
import { type DatabaseTarget, parseDatabaseUrl, targetFromValues } from '#postgres/target';
import { isConninfo } from './conninfo.ts';
import { isDatabaseUrl } from './split-url.ts';

/** What may be an address in a file. */
export interface Candidate {
  readonly from: string;
  /** Throws `url-malformed`. */
  readonly read: () => DatabaseTarget;
  readonly notes: readonly string[];
}

/** Whole addresses first, then the names that PostgreSQL's image, libpq and frameworks use for the parts. */
export function inEnvFile(text: string): Candidate[] {
  const values = readEnvValues(text);
  const addresses = [...values]
    .filter(([, { value }]) => isAddress(value))
    .map(([from, value]): Candidate => ({ from, read: () => readWhole(value), notes: notesOn(value) }));
  const parts = partNames.flatMap((names) => fromParts(values, names, addresses.length > 0));
  return [...addresses, ...parts];
}

/** A URL of any kind, or `key=value` pairs that name a host or a database. */
function isAddress(value: string): boolean {
  if (isDatabaseUrl(value)) return true;
  return isConninfo(value) && /(?:^|\s)(?:host|hostaddr|dbname)\s*=/.test(value);
}

/** Throws `url-malformed`, and says of one that other variables went into what to do about them. */
function readWhole({ value, from }: EnvValue): DatabaseTarget {
  try {
    return parseDatabaseUrl(value, {});
  } catch (error) {
    if (!(error instanceof KeelError) || from.length === 0) throw error;
    throw new KeelError(
      error.code,
      `with ${from.join(', ')} inserted unencoded, ${error.message}`,
      'percent-encode the user and the password in the connection string (`@` as %40, `:` as %3A, `/` as %2F, `#` as %23, `?` as %3F, `%` as %25): the application cannot read it in its current form either',
      { cause: error.cause },
    );
  }
}

function notesOn({ from, unset }: EnvValue): string[] {
  return [
    ...(from.length > 0 ? [`${from.join(', ')} from the file was inserted`] : []),
    ...unset.map((name) => `${name} is not set earlier in the file and was not replaced`),
  ];
}

const partNames = [
  {
    host: 'POSTGRES_HOST',
    port: 'POSTGRES_PORT',
    dbname: 'POSTGRES_DB',
    user: 'POSTGRES_USER',
    password: 'POSTGRES_PASSWORD',
    sslmode: 'POSTGRES_SSLMODE',
  },
  {
    host: 'PGHOST',
    hostaddr: 'PGHOSTADDR',
    port: 'PGPORT',
    dbname: 'PGDATABASE',
    user: 'PGUSER',
    password: 'PGPASSWORD',
    sslmode: 'PGSSLMODE',
    sslrootcert: 'PGSSLROOTCERT',
    sslcert: 'PGSSLCERT',
    sslkey: 'PGSSLKEY',
    options: 'PGOPTIONS',
    target_session_attrs: 'PGTARGETSESSIONATTRS',
  },
  { host: 'DB_HOST', port: 'DB_PORT', dbname: 'DB_NAME', user: 'DB_USER', password: 'DB_PASSWORD' },
] as const;

/** Beside a whole address, parts without a host only make it up: they are none. */
function fromParts(
  values: ReadonlyMap<string, EnvValue>,
  names: Readonly<Record<string, string>>,
  besideAddress: boolean,
): Candidate[] {
  const set = Object.entries(names).flatMap(([part, name]) => {
    const found = values.get(name);
    return found && found.value !== '' ? [{ part, name, found }] : [];
  });
  const has = (part: string) => set.some((one) => one.part === part);
  const hasHost = has('host') || has('hostaddr');
  // a password alone, or a port, is no address
  const first = set.find(({ part }) => ['host', 'hostaddr', 'dbname', 'user'].includes(part));
  if (!first || (besideAddress && !hasHost)) return [];
  const assumed = { ...(!hasHost && { host: 'localhost' }), ...(!has('user') && { user: 'postgres' }) };
  const parts = set.map(({ part, found }): [string, string] => [part, found.value]);
  return [
    {
      from: first.name,
      read: () => targetFromValues(new Map([...Object.entries(assumed), ...parts])),
      notes: [
        ...Object.entries(assumed).map(
          ([part, value]) => `${names[part]} is not set in the file; ${value} is assumed`,
        ),
        ...set.flatMap(({ found }) => found.unset).map((name) => `${name} was not replaced`),
      ],
    },
  ];
}
