import { randomBytes } from 'node:crypto';
import pg from 'pg';

export interface TestDatabase extends AsyncDisposable {
  readonly name: string;
  readonly url: string;
  /** A connection with PostgreSQL's own defaults, as another program would have. */
  readonly client: pg.Client;
}

/** URL of the maintenance database of the server that the run started. */
export function sharedServerUrl(): string {
  const url = process.env['KEEL_TEST_POSTGRES'];
  if (url === undefined) throw new Error('this run has no PostgreSQL: its global setup was not run');
  return url;
}

/** A fresh database on the shared server, or the one of that URL, dropped when disposed. */
export async function createTestDatabase(base = sharedServerUrl()): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await administer(base, `CREATE DATABASE ${name}`);
  const url = urlOf(base, name);
  const client = await connectPlainly(url);
  return {
    name,
    url,
    client,
    [Symbol.asyncDispose]: async () => {
      await client.end();
      await administer(base, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

/** Connects without any of Keel's code. */
export async function connectPlainly(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url.replace(/\?.*$/, '') });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** The same server, another database, user or parameters. */
export function urlOf(base: string, database: string, login?: { user: string; password: string }): string {
  const url = new URL(base);
  url.pathname = `/${database}`;
  if (login) {
    url.username = login.user;
    url.password = login.password;
  }
  return url.href;
}

async function administer(base: string, statement: string): Promise<void> {
  const client = await connectPlainly(base);
  await client.query(statement);
  await client.end();
}
