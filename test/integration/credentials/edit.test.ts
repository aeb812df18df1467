import { expect, test } from 'vitest';
import type { Inventory } from '#contract/inventory';
import { listCredentials, type ListedCredential } from '#credentials/list-credentials';
import { openCredential } from '#credentials/one-credential';
import { replaceCredential } from '#credentials/replace-credential';
import { EncryptionKey } from '#crypto/encryption-key';
import { connect } from '#postgres/connect';
import { discoverColumns } from '#discovery/discovery';
import { parseDatabaseUrl } from '#postgres/target';
import {
  base64,
  createForeignDatabase,
  readPlaintexts,
  readSurroundings,
} from '#test/support/databases/foreign-database';

const strangers = 2;

/** The foreign database, as the window's procedures work on it. */
async function openDesk() {
  const database = await createForeignDatabase({ rows: 24, strangers });
  const key = new EncryptionKey(Buffer.from(database.from));
  const client = await connect(parseDatabaseUrl(database.url), { applicationName: 'test' });
  const { inventory } = await discoverColumns(client, { key });
  return {
    database,
    key,
    client,
    inventory,
    async [Symbol.asyncDispose]() {
      key[Symbol.dispose]();
      await client.end();
      await database[Symbol.asyncDispose]();
    },
  };
}

type Desk = Awaited<ReturnType<typeof openDesk>>;

async function listAll({ client, key, inventory }: Desk, limit: number): Promise<ListedCredential[]> {
  const all: ListedCredential[] = [];
  for (let after: string | undefined; ; ) {
    const page = await listCredentials(client, key, inventory, { limit, after });
    all.push(...page.credentials);
    after = page.next;
    if (after === undefined) return all;
  }
}

const nameOf = ({ table, column, path, leaf, key }: ListedCredential) =>
  JSON.stringify([table, column, path, leaf, key]);

test('pages of any size list every value once, and a filter finds what it names and nothing else', async () => {
  await using desk = await openDesk();
  const all = await listAll(desk, 200);
  const filled = (await readPlaintexts(desk.database.client, desk.database.from)).filter(
    (line) => !line.endsWith('NULL') && !line.endsWith(': '),
  );
  expect(all.length).toBe(filled.length);
  expect(new Set(all.map(nameOf)).size).toBe(all.length);
  expect((await listAll(desk, 7)).map(nameOf)).toEqual(all.map(nameOf));
  expect(JSON.stringify(all)).not.toContain('secret 1');

  const { client, key, inventory } = desk;
  const find = async (query: object) =>
    (await listCredentials(client, key, inventory, { limit: 200, ...query })).credentials;
  expect((await find({ opens: false })).map(({ table }) => table)).toEqual(['tok', 'tok']);
  expect((await find({ search: 'VAULT-7' })).map(({ row }) => row)).toEqual(['name=vault-7 🐍']);
  expect(await find({ search: '100%_no' })).toEqual([]);
  expect(
    (await find({ kind: 'oauth-refresh-token' })).every(({ kind }) => kind === 'oauth-refresh-token'),
  ).toBe(true);
});

test('a value is replaced in its own form, whatever that is, and nothing beside it changes', async () => {
  await using desk = await openDesk();
  const { client, key, inventory, database } = desk;
  const all = await listAll(desk, 200);
  const surroundings = await readSurroundings(database.client);
  const before = await readPlaintexts(database.client, database.from, database.stranger);
  let replaced = 0;
  for (const table of ['Secrets Table', 'raw8', 'part', 'doc', 'vault', 'nopk']) {
    const address = all.findLast((one) => one.table === table && one.state === 'opens') as ListedCredential;
    using current = await openCredential(client, key, inventory, address);
    const { version } = current;
    await replaceCredential(client, key, inventory, address, { version, value: `replaced-🐍-${table}` });
    replaced++;
    await expect(
      replaceCredential(client, key, inventory, address, { version, value: 'once more' }),
    ).rejects.toMatchObject({ code: 'value-changed' });
  }
  const after = await readPlaintexts(database.client, database.from, database.stranger);
  expect(after.filter((line) => line.includes('replaced-🐍'))).toHaveLength(replaced);
  expect(after.filter((line) => !before.includes(line))).toHaveLength(replaced);
  // the trigger on the one table fires, as it does when Ballast writes
  expect(withoutTimes(await readSurroundings(database.client))).toEqual(withoutTimes(surroundings));
});

test('a field of a JSON credential is replaced alone, and a user’s own value is left alone', async () => {
  await using desk = await openDesk();
  const { client, key, database } = desk;
  await database.client.query('CREATE TABLE conn (id int PRIMARY KEY, credentials text)');
  const document = '{ "host": "db", "port": 5432,  "auth": {"password": "old\\"er"}, "tls": true }';
  await database.client.query('INSERT INTO conn VALUES (1, $1), (2, $2)', [
    base64(document, database.from),
    base64(document, database.stranger),
  ]);
  const inventory: Inventory = {
    version: 1,
    columns: [
      { schema: 'public', table: 'conn', column: 'credentials', layout: 'base64', kind: 'credentials' },
    ],
  };
  const address = (id: string) => ({ schema: 'public', table: 'conn', column: 'credentials', key: { id } });
  const replace = async (id: string, field: number, value: string) => {
    const { version } = await openCredential(client, key, inventory, address(id));
    await replaceCredential(client, key, inventory, address(id), { version, field, value });
  };
  await replace('1', 2, 'new “one” \\');
  await replace('1', 1, '5433');
  using now = await openCredential(client, key, inventory, address('1'));
  expect(Buffer.from(now.opened.secret ?? []).toString('utf8')).toBe(
    '{ "host": "db", "port": 5433,  "auth": {"password": "new “one” \\\\"}, "tls": true }',
  );
  await expect(replace('2', 2, 'x')).rejects.toMatchObject({ code: 'value-unopened' });
  await expect(replace('3', 0, 'x')).rejects.toMatchObject({ code: 'value-changed' });
});

function withoutTimes(surroundings: unknown): unknown {
  const [first, ...rest] = surroundings as [string[][], ...unknown[]];
  return [first.map((row) => row.slice(0, 3)), ...rest];
}
