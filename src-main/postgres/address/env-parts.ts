import { targetFromValues } from '#postgres/target';
import type { Candidate } from './candidate.ts';
import type { EnvValue } from './env-values.ts';
import { malformed } from './malformed.ts';

/** Endings of the names of variables that hold a part of an address, by libpq's parameter. */
const endings = {
  host: ['HOST', 'HOSTNAME', 'SERVER'],
  hostaddr: ['HOSTADDR'],
  port: ['PORT'],
  dbname: ['DB', 'DATABASE', 'DBNAME', 'NAME'],
  user: ['USER', 'USERNAME'],
  password: ['PASSWORD', 'PASS'],
  sslmode: ['SSLMODE', 'SSL_MODE'],
  sslrootcert: ['SSLROOTCERT'],
  sslcert: ['SSLCERT'],
  sslkey: ['SSLKEY'],
  options: ['OPTIONS'],
  target_session_attrs: ['TARGETSESSIONATTRS'],
} as const;
type Part = keyof typeof endings;
const parts = Object.keys(endings) as Part[];

/** What such names begin with: libpq’s variables, those of PostgreSQL’s image, and those of frameworks and applications. */
const beginning = /^(?:PG(?!_)|(?:\w+_)?(?:PG|POSTGRES(?:QL|DB)?|DB|DATABASE|DATASOURCE)_)/i;

interface Found {
  readonly part: Part;
  readonly name: string;
  readonly value: EnvValue;
}

/**
 * Finds connections whose parts have variables of their own. Next to a complete connection string, parts without a host are only what it was made from,
 * and are skipped.
 */
export function inEnvParts(values: ReadonlyMap<string, EnvValue>, besideAddress: boolean): Candidate[] {
  const set = [...values].filter(([, { value }]) => value !== '');
  const beginnings = new Set(set.flatMap(([name]) => beginning.exec(name)?.[0] ?? []));
  return [...beginnings].flatMap((lead) => {
    const own = set.filter(([name]) => name.startsWith(lead));
    const found = parts.flatMap((part): Found[] => {
      const [first] = endings[part].flatMap((ending) => own.filter(([name]) => isNamed(name, lead, ending)));
      return first ? [{ part, name: first[0], value: first[1] }] : [];
    });
    const has = (part: Part) => found.some((one) => one.part === part);
    const hasHost = has('host') || has('hostaddr');
    // a password alone, or a port, is no address
    const [first] = found.filter(({ part }) => ['host', 'hostaddr', 'dbname', 'user'].includes(part));
    if (!first || (besideAddress && !hasHost) || isOfAnotherKind(lead, found, values)) return [];
    return [candidate(lead, found, first, own)];
  });
}

function candidate(
  lead: string,
  found: readonly Found[],
  { name: from }: Found,
  own: readonly (readonly [string, EnvValue])[],
): Candidate {
  const given = new Map(found.map(({ part, value }): [string, string] => [part, value.value]));
  const lacks = (...of: Part[]) => of.every((part) => !given.has(part));
  const assumed: [Part, string][] = [
    ...(lacks('host', 'hostaddr') ? [['host', 'localhost'] as [Part, string]] : []),
    ...(lacks('user') ? [['user', 'postgres'] as [Part, string]] : []),
  ];
  const missing = [...assumed.map(([part]) => part), ...(lacks('dbname') ? (['dbname'] as const) : [])];
  const other = own.find(
    ([name]) => !found.some((one) => one.name === name) && missing.some((part) => maySay(name, part)),
  );
  return {
    from,
    read: () => {
      if (other) throw notUnderstood(other[0], missing);
      return targetFromValues(new Map([...assumed, ...given]));
    },
    notes: [
      ...assumed.map(([part, value]) => `${nameOf(lead, part)} is not set in the file; ${value} is assumed`),
      ...(lacks('dbname') && !lacks('user')
        ? [`${nameOf(lead, 'dbname')} is not set in the file; the name of the user is assumed`]
        : []),
      ...found.flatMap(({ value }) => value.unset).map((name) => `${name} was not replaced`),
    ],
  };
}

/** What another variable may say that the known ones do not. */
const hints: Partial<Record<Part, RegExp>> = {
  host: /HOST(?!_AUTH_METHOD)|SERVER|SERVICE|SOCKET|NODES|URL|URI|DSN/i,
  user: /USER|LOGIN|ROLE|SERVICE/i,
  dbname: /DATABASE|DBNAME|DB_NAME|SERVICE/i,
};

function maySay(name: string, part: Part): boolean {
  return hints[part]?.test(name) === true;
}

function notUnderstood(name: string, missing: readonly Part[]) {
  const what = { host: 'the host', user: 'the user', dbname: 'the database' } as Partial<
    Record<Part, string>
  >;
  return malformed(
    `${missing.flatMap((part) => what[part] ?? []).join(' and ')} may be what ${name} sets, and Keel does not know how the application reads that`,
    'enter the connection string that the application uses',
  );
}

/** MySQL, SQLite and others are named beside the parts, or have their own port. */
function isOfAnotherKind(
  lead: string,
  found: readonly Found[],
  values: ReadonlyMap<string, EnvValue>,
): boolean {
  const port = found.find(({ part }) => part === 'port')?.value.value;
  if (port !== undefined && ['3306', '1433', '1521', '27017'].includes(port)) return true;
  // `DB_TYPE` goes with `DB_POSTGRESDB_HOST` too
  const leads = [lead, lead.replace(/[^_]+_$/, '')];
  return ['CONNECTION', 'ENGINE', 'TYPE', 'DRIVER', 'DIALECT', 'CLIENT', 'ADAPTER'].some((ending) =>
    leads.some((one) =>
      /mysql|maria|sqlite|mssql|sqlsrv|sqlserver|oracle|mongo/i.test(
        values.get(`${one}${ending}`)?.value ?? '',
      ),
    ),
  );
}

function isNamed(name: string, lead: string, ending: string): boolean {
  return name.toUpperCase() === `${lead}${ending}`.toUpperCase();
}

/** As the file would call it, for one that is missing. */
function nameOf(lead: string, part: Part): string {
  const [first, second] = endings[part];
  return `${lead}${part === 'dbname' && !/^POSTGRES_$/i.test(lead) ? (second ?? first) : first}`;
}
