import { randomBytes } from 'node:crypto';
import { base64 } from './foreign-database.ts';
import { connectPlainly, createTestDatabase, urlOf } from '../postgres/test-database.ts';

/** A few databases of one server, each with a table of secrets under the same key. */
export interface FleetDatabases extends AsyncDisposable {
  readonly names: readonly string[];
  /** A pattern that finds them and no other. */
  readonly like: string;
  /** Of the first one. */
  readonly url: string;
  readonly key: Buffer;
  /** The middle one, with a value that no key opens. */
  readonly broken: string;
  /** Puts the value right, as its owner would. */
  mend(): Promise<void>;
  /** Lets nobody into a database any more, or again. */
  allow(name: string, connections: boolean): Promise<void>;
  drop(name: string): Promise<void>;
  /** Every ciphertext as it stands, by database. */
  ciphertexts(): Promise<Record<string, string[]>>;
}

/** Dropped when disposed. Nobody is connected to them but for the time of a question. */
export async function createFleetDatabases(): Promise<FleetDatabases> {
  const home = await createTestDatabase();
  const key = randomBytes(32);
  const prefix = `org_${randomBytes(4).toString('hex')}`;
  const names = ['atlas', 'birch', 'cedar'].map((name) => `${prefix}_${name}`);
  const broken = names[1] ?? '';
  const ask = async (name: string, statement: string, values: unknown[] = []) => {
    const client = await connectPlainly(urlOf(home.url, name));
    try {
      return (await client.query(statement, values)).rows;
    } finally {
      await client.end();
    }
  };
  const secretOf = (name: string, id: number) => base64(`{"password":"${name}, secret ${id}"}`, key);
  for (const name of names) {
    await home.client.query(`CREATE DATABASE ${name} TEMPLATE template0`);
    await ask(name, 'CREATE TABLE source_connection (id int PRIMARY KEY, short_name text, credentials text)');
    for (let id = 0; id < 4; id++)
      await ask(name, 'INSERT INTO source_connection VALUES ($1, $2, $3)', [
        id,
        'postgresql',
        name === broken && id === 2 ? 'not a ciphertext at all' : secretOf(name, id),
      ]);
  }
  return {
    names,
    like: `${prefix}\\_%`,
    url: urlOf(home.url, names[0] ?? ''),
    key,
    broken,
    mend: async () =>
      void (await ask(broken, 'UPDATE source_connection SET credentials = $1 WHERE id = 2', [
        secretOf(broken, 2),
      ])),
    allow: async (name, connections) =>
      void (await home.client.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS ${connections}`)),
    drop: async (name) => void (await home.client.query(`DROP DATABASE ${name} WITH (FORCE)`)),
    async ciphertexts() {
      const all: Record<string, string[]> = {};
      for (const name of names) {
        const rows = await ask(name, 'SELECT credentials FROM source_connection ORDER BY id');
        all[name] = rows.map(({ credentials }) => credentials);
      }
      return all;
    },
    [Symbol.asyncDispose]: async () => {
      for (const name of names) await home.client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      await home[Symbol.asyncDispose]();
    },
  };
}
