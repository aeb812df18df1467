import { KeelError } from '#errors/keel-error';
import { type EnvValue, readEnvValues } from './env-values.ts';
import { type DatabaseTarget, parseDatabaseUrl } from '#postgres/target';
import type { Candidate } from './candidate.ts';
import { isConninfo } from './conninfo.ts';
import type { Environment } from './named-files.ts';
import { inEnvParts } from './env-parts.ts';
import { isDatabaseUrl } from './split-url.ts';

/** Finds complete connection strings first, then connections whose parts have variables of their own. */
export function inEnvFile(text: string): Candidate[] {
  const values = readEnvValues(text);
  const addresses = [...values]
    .filter(([, { value }]) => isAddress(value))
    .map(([from, value]): Candidate => {
      const login = loginBeside(from, value, values);
      return {
        from,
        read: () => readWhole(value, login.environment),
        notes: [...notesOn(value), ...login.notes],
      };
    });
  return [...addresses, ...inEnvParts(values, addresses.length > 0)];
}

/** Spring, Quarkus and others have user and password beside an address without them: `ACME_URL`, `ACME_USERNAME`. */
function loginBeside(
  from: string,
  { value }: EnvValue,
  values: ReadonlyMap<string, EnvValue>,
): { readonly environment: Environment; readonly notes: readonly string[] } {
  const [, stem] = /^(.*?_)(?:JDBC_)?(?:URL|URI|DSN)$/i.exec(from) ?? [];
  const beside = (...endings: string[]) =>
    endings.map((ending) => `${stem}${ending}`).find((name) => stem !== undefined && values.get(name)?.value);
  const [user, password] = [beside('USERNAME', 'USER'), beside('PASSWORD')];
  if (namesUser(value)) return { environment: {}, notes: [] };
  if (user === undefined)
    return {
      environment: {},
      notes: ['the connection string names no user; the user of this computer is assumed'],
    };
  const taken = password === undefined ? [user] : [user, password];
  return {
    environment: {
      PGUSER: values.get(user)?.value,
      ...(password !== undefined && { PGPASSWORD: values.get(password)?.value }),
    },
    notes: [`${taken.join(', ')} from the file are used, since the connection string has none`],
  };
}

/** Whether a connection string names a user. One that cannot be parsed counts as if it did: its own error is reported later. */
function namesUser(address: string): boolean {
  try {
    const nobody = '\u0001';
    const { user, password } = parseDatabaseUrl(address, { PGUSER: nobody });
    password?.[Symbol.dispose]();
    return user !== nobody;
  } catch {
    return true;
  }
}

/** A URL of any kind, or `key=value` pairs that name a host or a database. */
function isAddress(value: string): boolean {
  if (isDatabaseUrl(value)) return true;
  return isConninfo(value) && /(?:^|\s)(?:host|hostaddr|dbname)\s*=/.test(value);
}

/** Throws `url-malformed`, and says of one that other variables went into what to do about them. */
function readWhole({ value, from }: EnvValue, environment: Environment): DatabaseTarget {
  try {
    return parseDatabaseUrl(value, environment);
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
