import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { expect, test } from 'vitest';
import { open, seal } from '#test/support/forms/application-cipher';
import {
  createTestDatabase,
  sharedServerUrl,
  connectPlainly,
  urlOf,
} from '#test/support/postgres/test-database';
import {
  createWrittenDatabase,
  discoverAndRotate,
  judge,
  stateOf,
} from '#test/support/forms/written-rotation';
import { countReadable, type WrittenForm, writeTable } from '#test/support/forms/written-table';

/** Places that a look at the tables' text and bytea columns does not reach. What is there is rotated too, or the rotation is refused. */

const joined: WrittenForm = { columns: { secret: '«iv+body:base64»' } };
const secret = (i: number) => `a large secret that no column holds, number ${i}`;

test('values in large objects are rotated, or the rotation is refused and names them', async () => {
  await using database = await createWrittenDatabase({});
  const { client, from, to } = database;
  for (let i = 0; i < 5; i++) {
    const { iv, body } = seal(secret(i), from);
    await client.query('SELECT lo_from_bytea($1, $2)', [70_001 + i, Buffer.concat([iv, body])]);
  }
  const before = await stateOf(database);
  const attempt = await discoverAndRotate(database);
  const { verdict, why } = await judge(database, before, attempt, (said) => /large object/i.test(said));
  const key = attempt.refusal === undefined ? to : from;
  expect(await largeObjects(client, key), `of the large objects; ${why}`).toEqual(
    [0, 1, 2, 3, 4].map(secret),
  );
  expect(verdict, why).not.toBe('falls short');
});

async function largeObjects(client: pg.Client, key: Buffer): Promise<string[]> {
  const { rows } = await client.query(
    `SELECT lo_get(oid) AS bytes FROM pg_largeobject_metadata ORDER BY oid`,
  );
  return rows.map(({ bytes }) => open({ iv: bytes.subarray(0, 16), body: bytes.subarray(16) }, key));
}

test('a foreign table with values under the old key is rotated, or the rotation is refused and names it', async () => {
  await using remote = await createTestDatabase();
  await using database = await createWrittenDatabase({});
  const vault = await writeTable(remote.client, 'vault', joined, database.from);
  const { username, password, hostname, port } = new URL(remote.url);
  await database.client.query(`
    CREATE EXTENSION postgres_fdw;
    CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '${hostname}', port '${port}', dbname '${remote.name}');
    CREATE USER MAPPING FOR CURRENT_USER SERVER far OPTIONS (user '${username}', password '${password}');
    CREATE FOREIGN TABLE far_vault (id int, secret text) SERVER far OPTIONS (table_name 'vault')`);
  const before = await stateOf(database);
  const attempt = await discoverAndRotate(database);
  const { verdict, why } = await judge(database, before, attempt, (said) => said.includes('far_vault'));
  const key = attempt.refusal === undefined ? database.to : database.from;
  expect(await countReadable(remote.client, vault, key), `of the foreign table; ${why}`).toBe(
    vault.rows.length,
  );
  expect(verdict, why).not.toBe('falls short');
});

test("a table of the application's in a schema named keel is rotated, or the rotation is refused and names it", async () => {
  await using database = await createWrittenDatabase({
    'keel.vault': { ...joined, before: 'CREATE SCHEMA keel' },
  });
  const { verdict, why } = await rotated(database, 'keel.vault');
  expect(verdict, why).not.toBe('falls short');
});

test('a table whose other column may not be read is rotated, or the rotation is refused and names it', async () => {
  await using database = await createWrittenDatabase({
    vault: { columns: { ...joined.columns, note: 'only for others' } },
  });
  const login = await roleOf(database.client, database.name, 'GRANT SELECT (id, secret) ON vault TO %');
  const { verdict, why } = await rotated(
    { ...database, url: urlOf(database.url, database.name, login) },
    'vault',
  );
  expect(verdict, why).not.toBe('falls short');
});

test('a table that may not be read at all is named by the refusal', async () => {
  await using database = await createWrittenDatabase({ vault: joined });
  const login = await roleOf(database.client, database.name);
  const { verdict, why } = await rotated(
    { ...database, url: urlOf(database.url, database.name, login) },
    'vault',
  );
  expect(verdict, why).toBe('refused');
});

test('a byte in another column that is no text in any encoding does not hide a table', async () => {
  const [from, to] = [randomBytes(32), randomBytes(32)];
  const name = `test_ascii_${randomBytes(6).toString('hex')}`;
  const base = await connectPlainly(sharedServerUrl());
  await base.query(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING SQL_ASCII LOCALE 'C'`);
  const url = urlOf(sharedServerUrl(), name);
  const client = await connectPlainly(url);
  try {
    const tables = [
      await writeTable(client, 'anchor', joined, from),
      await writeTable(
        client,
        'vault',
        { columns: { ...joined.columns, note: { type: 'text', text: () => null } } },
        from,
      ),
    ];
    // not by the application of the test, which reads text as UTF-8
    await client.query(`INSERT INTO vault (id, note) VALUES (-1, E'caf\\xe9')`);
    const database = { name, url, client, from, to, tables, [Symbol.asyncDispose]: async () => undefined };
    const { verdict, why } = await rotated(database, 'vault');
    expect(verdict, why).not.toBe('falls short');
  } finally {
    await client.end();
    await base.query(`DROP DATABASE ${name} WITH (FORCE)`);
    await base.end();
  }
});

type Database = Parameters<typeof judge>[0];

async function rotated(database: Database, table: string) {
  const before = await stateOf(database);
  const attempt = await discoverAndRotate(database);
  return judge(database, before, attempt, (said) => new RegExp(`\\b${table}\\b`).test(said));
}

/** A role of an administrator who may rotate the anchor, and what `grant` adds; `%` is its name. */
async function roleOf(client: pg.Client, database: string, grant = '') {
  const user = `rotator_${randomBytes(6).toString('hex')}`;
  await client.query(`
    CREATE ROLE ${user} LOGIN PASSWORD 'a password';
    GRANT CREATE, TEMPORARY ON DATABASE ${database} TO ${user};
    GRANT SELECT, UPDATE ON anchor TO ${user};
    GRANT UPDATE ON ALL TABLES IN SCHEMA public TO ${user};
    ${grant.replaceAll('%', user)}`);
  return { user, password: 'a password' };
}
