import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import { KeelFolder, type KeelRun } from '../processes/keel-process.ts';
import { connectPlainly, urlOf } from '../postgres/test-database.ts';
import { base64, openBase64 } from './foreign-database.ts';

/** Databases of one server with the same table of secrets, each under the same key. Dropped when disposed. */
export interface ServersPart extends AsyncDisposable {
  readonly names: readonly string[];
  /** The maintenance database. */
  readonly url: string;
  ask(name: string, statement: string, values?: readonly unknown[]): Promise<any[]>;
  /** Asks the server itself. */
  administer(statement: string): Promise<void>;
  /** Which of the values of a database a key opens, as an application would read them. */
  opened(name: string, key: Buffer): Promise<number>;
}

const rowsEach = 3;

/** `count` databases `prefix_1`, `prefix_2` … on a server, copies of one that is made for it. */
export async function createPart(
  url: string,
  { prefix, count, key, first = 1 }: { prefix: string; count: number; key: Buffer; first?: number },
): Promise<ServersPart> {
  const names = Array.from({ length: count }, (_, i) => `${prefix}_${first + i}`);
  const ask = async (name: string, statement: string, values: readonly unknown[] = []) => {
    const client = await connectPlainly(urlOf(url, name));
    try {
      return (await client.query(statement, [...values])).rows;
    } finally {
      await client.end();
    }
  };
  const admin = await connectPlainly(url);
  const model = `model_${randomBytes(4).toString('hex')}`;
  await admin.query(`CREATE DATABASE ${model} TEMPLATE template0`);
  await ask(model, 'CREATE TABLE source_connection (id int PRIMARY KEY, short_name text, credentials text)');
  for (let id = 0; id < rowsEach; id++)
    await ask(model, 'INSERT INTO source_connection VALUES ($1, $2, $3)', [
      id,
      'postgresql',
      base64(`{"password":"secret ${id} of many databases"}`, key),
    ]);
  for (const name of names) await admin.query(`CREATE DATABASE ${name} TEMPLATE ${model}`);
  await admin.query(`DROP DATABASE ${model}`);
  await admin.end();
  return {
    names,
    url,
    ask,
    async administer(statement) {
      const client = await connectPlainly(url);
      await client.query(statement).finally(() => client.end());
    },
    async opened(name, by) {
      const rows = await ask(name, 'SELECT credentials FROM source_connection ORDER BY id');
      return rows.filter(({ credentials }) => openBase64(credentials, by).startsWith('{"password":"secret '))
        .length;
    },
    async [Symbol.asyncDispose]() {
      const client = await connectPlainly(url).catch(() => undefined);
      if (!client) return;
      for (const name of names) {
        await client.query(`UPDATE pg_database SET datistemplate = false WHERE datname = '${name}'`);
        await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      }
      await client.end();
    },
  };
}

/** The command line with an environment `fleet` on a database of a part, keys of whose own lie in files. */
export interface FleetDesk extends AsyncDisposable {
  readonly folder: KeelFolder;
  readonly oldKey: Buffer;
  readonly newKey: Buffer;
  /** `--from-key-file` and `--to-key-file`. */
  readonly keys: readonly string[];
  readonly oldFile: string;
  readonly newFile: string;
  /** Options of a run that a test kills or preloads something into. */
  readonly env: Readonly<Record<string, string>>;
  readonly keel: (...args: readonly string[]) => Promise<KeelRun>;
}

export async function openFleetDesk(databaseUrl: string, oldKey: Buffer): Promise<FleetDesk> {
  const folder = await KeelFolder.create();
  const newKey = randomBytes(32);
  const oldFile = await folder.file('old.key', oldKey.toString('base64'));
  const newFile = await folder.file('new.key', newKey.toString('base64'));
  const columns = [
    {
      ...{ schema: 'public', table: 'source_connection', column: 'credentials' },
      ...{ layout: 'base64', kind: 'credentials' },
    },
  ];
  const inventory = await folder.file('inventory.json', JSON.stringify({ version: 1, columns }));
  const url = new URL(databaseUrl);
  const { password } = url;
  url.password = '';
  const env = { PGPASSWORD: decodeURIComponent(password), KEEL_PASSPHRASE: 'five random words for a test' };
  const added = await folder.run(
    [
      ...['env', 'add', 'fleet', '--database', url.href, '--keep-keys-in', 'sealed-file'],
      ...['--inventory', inventory],
    ],
    { env },
  );
  expect(added.status, added.stderr).toBe(0);
  return {
    ...{ folder, oldKey, newKey, oldFile, newFile, env },
    keys: ['--from-key-file', oldFile, '--to-key-file', newFile],
    keel: (...args) => folder.run([...args, '--env', 'fleet', '--json'], { env }),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}
