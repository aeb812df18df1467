import { afterAll, expect, test } from 'vitest';
import { listCredentials, type ListQuery, outlineCredentials } from '#credentials/list-credentials';
import type { Inventory } from '#contract/inventory';
import { EncryptionKey } from '#crypto/encryption-key';
import { connect } from '#postgres/connect';
import { parseDatabaseUrl } from '#postgres/target';
import { base64, createForeignDatabase } from '#test/support/databases/foreign-database';
import { connectPlainly } from '#test/support/postgres/test-database';

const database = await createForeignDatabase({ rows: 1, strangers: 0 });
const client = await connect(parseDatabaseUrl(database.url, {}), { applicationName: 'test' });
const key = new EncryptionKey(Buffer.from(database.from));
afterAll(async () => {
  key[Symbol.dispose]();
  await client[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const entry = (table: string, path?: string) =>
  ({
    schema: 'public',
    table,
    column: 'secret',
    layout: 'base64',
    kind: 'unknown',
    ...(path !== undefined && { path }),
  }) as const;
const inventory: Inventory = {
  version: 1,
  columns: [entry('many'), entry('lists', '$.all[*]'), entry('few')],
};

const plain = await connectPlainly(database.url);
await plain.query(`CREATE TABLE many (id int PRIMARY KEY, secret text);
  CREATE TABLE lists (id int PRIMARY KEY, secret jsonb);
  CREATE TABLE few (id text PRIMARY KEY, secret text)`);
const sealed = (text: string) => base64(text, database.from);
await plain.query('INSERT INTO many SELECT n, cell FROM unnest($1::text[]) WITH ORDINALITY AS t (cell, n)', [
  Array.from({ length: 5_200 }, (_, n) => (n % 100 === 0 ? 'in no form at all' : sealed(`secret ${n}`))),
]);
await plain.query(
  'INSERT INTO lists SELECT n, cell FROM unnest($1::jsonb[]) WITH ORDINALITY AS t (cell, n)',
  [
    Array.from({ length: 40 }, (_, n) =>
      JSON.stringify({ all: Array.from({ length: n }, (_, i) => sealed(`${n}/${i}`)) }),
    ),
  ],
);
await plain.query("INSERT INTO few VALUES ('a', $1), ('b', $1)", [sealed('one secret')]);
await plain.end();

type Filter = Pick<ListQuery, 'search' | 'kind' | 'opens'>;
const limit = 100;

/** The pages of an outline, in as many parts as it takes. */
async function outlined(filter: Filter, withinMs = 60_000) {
  const pages: { after: string; credentials: number }[] = [];
  let parts = 0;
  for (let after: string | undefined; ; parts++) {
    const part = await outlineCredentials(client, key, inventory, {
      ...filter,
      limit,
      withinMs,
      ...(after !== undefined && { after }),
    });
    pages.push(...part.pages);
    after = part.next;
    if (after === undefined) return { pages, parts: parts + 1 };
  }
}

/** Every credential, page after page. */
async function listed(filter: Filter) {
  const all = [];
  for (let after: string | undefined; ; ) {
    const page = await listCredentials(client, key, inventory, { ...filter, limit, after });
    all.push(...page.credentials);
    after = page.next;
    if (after === undefined) return all;
  }
}

test.for<[string, Filter, number]>([
  ['without a filter', {}, 5_200 + (39 * 40) / 2 + 2],
  ['of what does not decrypt', { opens: false }, 52],
  ['of a search', { search: '77' }, 97],
  ['of a search for a table', { search: 'lists' }, (39 * 40) / 2],
  ['of a kind that is not there', { kind: 'database-password' }, 0],
])('an outline %s names every page, and each page has what the list has there', async ([, filter, total]) => {
  const all = await listed(filter);
  const { pages } = await outlined(filter);
  expect(pages.reduce((sum, { credentials }) => sum + credentials, 0)).toBe(total);
  expect(all).toHaveLength(total);
  let first = 0;
  for (const { after, credentials } of pages) {
    const page = await listCredentials(client, key, inventory, { ...filter, limit, after });
    expect(page.credentials.slice(0, credentials)).toEqual(all.slice(first, first + credentials));
    expect(credentials).toBeGreaterThan(0);
    first += credentials;
  }
});

test('an outline that runs out of time continues where it stopped, and has the same total', async () => {
  const { pages, parts } = await outlined({ search: 'few' }, 0);
  expect(parts).toBe(3);
  expect(pages.map(({ credentials }) => credentials)).toEqual([1, 1]);
});

test('a page ends with the row that reaches its limit, also within what was read at once', async () => {
  const query = { search: 'lists', limit: 5 };
  const page = await listCredentials(client, key, inventory, query);
  expect(page.credentials.map(({ key }) => key['id'])).toEqual(['2', '3', '3', '4', '4', '4']);
  const { credentials } = await listCredentials(client, key, inventory, { ...query, after: page.next });
  expect(credentials[0]?.key['id']).toBe('5');
});
