import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { base64, openBase64 } from '#test/support/databases/foreign-database';
import { KeelFolder } from '#test/support/processes/keel-process';
import { connectPlainly, sharedServerUrl, urlOf } from '#test/support/postgres/test-database';

/** A database in an encoding of its own, with a connection that speaks UTF-8. */
async function createEncodedDatabase(encoding: string) {
  const base = sharedServerUrl();
  const name = `test_${randomBytes(6).toString('hex')}`;
  const admin = await connectPlainly(base);
  await admin.query(
    `CREATE DATABASE ${name} ENCODING '${encoding}' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0`,
  );
  const client = await connectPlainly(urlOf(base, name));
  return {
    url: urlOf(base, name),
    client,
    [Symbol.asyncDispose]: async () => {
      await client.end();
      await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await admin.end();
    },
  };
}

/** Words that each encoding can write. */
const words = { LATIN1: 'clé', WIN1252: 'clé€', EUC_JP: '鍵', SQL_ASCII: 'clé', UTF8: 'ключ' } as const;

describe.concurrent('in a database whose encoding is', () => {
  test.for(Object.entries(words))(
    '%s, tables, columns, keys and members with names of that language are counted and rotated',
    async ([encoding, word]) => {
      await using database = await createEncodedDatabase(encoding);
      await using folder = await KeelFolder.create();
      const { client, url } = database;
      const [from, to] = [randomBytes(32), randomBytes(32)];
      const [table, column, beside] = [word, `${word} secret`, `${word} doc`].map(pg.escapeIdentifier);
      await client.query(`CREATE TABLE ${table} (name text PRIMARY KEY, ${column} text, ${beside} jsonb)`);
      for (let i = 0; i < 20; i++) {
        const text = base64(`{"password": "secret ${word} ${i}"}`, from);
        const document = JSON.stringify({ [word]: base64(`token of ${word} ${i}`, from), is: word });
        await client.query(`INSERT INTO ${table} VALUES ($1, $2, $3)`, [`${word} ${i}`, text, document]);
      }
      const fromFile = await folder.file('from.key', from.toString('base64'));
      const toFile = await folder.file('to.key', to.toString('base64'));
      const inventory = `${folder.path}/inventory.json`;
      const target = ['--json', '--database', url];
      const count = (args: readonly string[]) => folder.run(['census', ...target, ...args]);

      const unlisted = await count(['--key-file', fromFile]);
      expect(unlisted.json.unread).toEqual([]);
      expect(unlisted.json.places).toMatchObject([
        { table: word, column: `${word} secret`, values: 20 },
        { table: word, column: `${word} doc`, values: 20, proposal: { path: expect.stringContaining(word) } },
      ]);
      expect(unlisted.json.places[0].rows[0]).toContain(`name=${word} `);

      const discovered = await folder.run([
        'discover',
        ...target,
        '--key-file',
        fromFile,
        '--out',
        inventory,
      ]);
      expect(discovered.json.inventory.columns).toHaveLength(2);
      const run = await folder.run([
        ...['rotate', ...target, '--yes', '--accept', 'other-sessions', '--inventory', inventory],
        ...['--from-key-file', fromFile, '--to-key-file', toFile],
      ]);
      expect(run).toMatchObject({ status: 0, json: { rotation: { rows: 20 } } });
      const { rows } = await client.query(
        `SELECT name, ${column} AS s, ${beside} AS d FROM ${table} ORDER BY length(name), name`,
      );
      for (const [i, row] of rows.entries()) {
        expect(openBase64(row.s, to)).toBe(`{"password": "secret ${word} ${i}"}`);
        expect(openBase64(row.d[word], to)).toBe(`token of ${word} ${i}`);
        expect(row).toMatchObject({ name: `${word} ${i}`, d: { is: word } });
      }
    },
  );
});

test('a database without an encoding is rotated where its keys and texts are no UTF-8', async () => {
  await using database = await createEncodedDatabase('SQL_ASCII');
  await using folder = await KeelFolder.create();
  const { client, url } = database;
  const [from, to] = [randomBytes(32), randomBytes(32)];
  await client.query(`SET client_encoding = 'SQL_ASCII'`);
  await client.query(`CREATE TABLE vault (name text PRIMARY KEY, s text)`);
  for (let i = 0; i < 20; i++) {
    await client.query(`INSERT INTO vault VALUES (E'cl\\xE9 ${i}', $1 || E' \\xE9')`, [
      `secret=${base64(`a secret of number ${i}`, from)}`,
    ]);
  }
  const fromFile = await folder.file('from.key', from.toString('base64'));
  const inventory = `${folder.path}/inventory.json`;
  const target = ['--json', '--database', url];
  const discovered = await folder.run(['discover', ...target, '--key-file', fromFile, '--out', inventory]);
  expect(discovered.json.inventory.columns).toHaveLength(1);
  const run = await folder.run([
    ...['rotate', ...target, '--yes', '--accept', 'other-sessions', '--inventory', inventory],
    ...['--from-key-file', fromFile],
    ...['--to-key-file', await folder.file('to.key', to.toString('base64'))],
  ]);
  expect(run).toMatchObject({ status: 0, json: { rotation: { rows: 20 } } });
  const { rows } = await client.query(
    `SELECT encode(name::bytea, 'escape') AS name, substring(s from 8 for length(s) - 9) AS s, right(s, 1) = E'\\xE9' AS kept
     FROM vault ORDER BY length(name), name`,
  );
  for (const [i, row] of rows.entries()) {
    expect(openBase64(row.s, to)).toBe(`a secret of number ${i}`);
    expect(row).toMatchObject({ name: `cl\\351 ${i}`, kept: true });
  }
});
