import { expect, test } from 'vitest';
import { type Credential, readCredentials } from '#credentials/read-credentials';
import { EncryptionKey } from '#crypto/encryption-key';
import { connect } from '#postgres/connect';
import { discoverColumns } from '#discovery/discovery';
import { parseDatabaseUrl } from '#postgres/target';
import { base64, createForeignDatabase, readPlaintexts } from '#test/support/databases/foreign-database';

const rows = 30;

test('every credential that the key opens is handed on with its identity, and wiped afterwards', async () => {
  await using database = await createForeignDatabase({ rows, strangers: 3 });
  const client = await connect(parseDatabaseUrl(database.url), {
    applicationName: 'test',
  });
  using key = new EncryptionKey(Buffer.from(database.from));
  const { inventory } = await discoverColumns(client, { key });
  const seen: string[] = [];
  const held: Credential[] = [];
  const counts = await readCredentials(client, key, inventory, async (credentials) => {
    for (const credential of credentials) {
      seen.push(Buffer.from(credential.secret).toString('utf8'));
      held.push(credential);
    }
  });
  await client.end();
  const plaintexts = (await readPlaintexts(database.client, database.from, database.stranger))
    .map((line) => line.slice(line.indexOf(': ') + 2))
    .filter((text) => text !== '' && text !== 'NULL' && !text.startsWith('a stranger'));
  expect(seen.sort()).toEqual(plaintexts.sort());
  expect(counts).toEqual({ opened: seen.length, unopened: 3 });
  expect(held.every(({ secret }) => secret.every((byte) => byte === 0))).toBe(true);
  expect(held.find(({ table, key }) => table === 'Secrets Table' && key['n'] === '2')).toMatchObject({
    schema: 'My Schema',
    column: 'the Secret',
    key: { org: 'org2', n: '2' },
    row: 'org=org2 n=2',
  });
  const leaves = held.filter(
    ({ table, key, path }) => table === 'doc' && key['id'] === '1' && path?.includes('[*]'),
  );
  expect(leaves.map(({ leaf }) => leaf)).toEqual(['$.list[0].secret', '$.list[1].secret']);
});

test('a source is named by the columns beside its credential, or by those that a foreign key leads to', async () => {
  await using database = await createForeignDatabase({ rows: 1 });
  const { client: plain } = database;
  await plain.query(
    'CREATE TABLE source (id int PRIMARY KEY, short_name text, name varchar(80), credentials text)',
  );
  await plain.query(
    'CREATE TABLE token (id int PRIMARY KEY, source_id int REFERENCES source, access_token text)',
  );
  await plain.query('INSERT INTO source VALUES ($1, $2, $3, $4)', [
    7,
    'slack',
    'Support chat',
    base64('{"token": "xoxb-1234-abcdef"}', database.from),
  ]);
  await plain.query('INSERT INTO token VALUES (1, 7, $1), (2, NULL, $1)', [
    base64('ya29.token-of-it', database.from),
  ]);
  const client = await connect(parseDatabaseUrl(database.url), {
    applicationName: 'test',
  });
  using key = new EncryptionKey(Buffer.from(database.from));
  const column = { schema: 'public', layout: 'base64', kind: 'unknown' } as const;
  const columns = [
    { ...column, table: 'source', column: 'credentials' },
    { ...column, table: 'token', column: 'access_token' },
  ];
  const seen: string[] = [];
  await readCredentials(client, key, { version: 1, columns }, async (credentials) => {
    for (const { table, row, shortName, name } of credentials)
      seen.push(`${table} ${row} ${shortName} ${name}`);
  });
  await client.end();
  expect(seen).toEqual([
    'source id=7 slack Support chat',
    'token id=1 slack Support chat',
    'token id=2 undefined undefined',
  ]);
});
