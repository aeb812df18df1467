import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { seal } from '#test/support/forms/application-cipher';
import { KeelFolder } from '#test/support/processes/keel-process';
import { createTestDatabase } from '#test/support/postgres/test-database';

const rows = 1_500;
const secretOf = (i: number) => `{"host": "db-${i}.internal", "password": "p${i}"}`;
const joined = (text: string, key: Buffer) => {
  const { iv, body } = seal(text, key);
  return Buffer.concat([iv, body]).toString('base64');
};

test('beside a thousand values that are only counted, a document’s other values are still found', async () => {
  await using database = await createTestDatabase();
  await using folder = await KeelFolder.create();
  const { client, url } = database;
  const key = randomBytes(32);
  const other = randomBytes(32);
  /** What stands in some documents, far behind the first rows. */
  const odd: Readonly<Record<number, () => object>> = {
    1100: () => ({ auth: { token: joined(secretOf(1100), key) }, old: joined(secretOf(0), key) }),
    1200: () => ({ auth: { token: joined(JSON.stringify({ inner: joined(secretOf(1200), key) }), key) } }),
    1300: () => ({ auth: { token: joined(secretOf(1300), other) } }),
    1400: () => {
      const { iv, body } = seal(secretOf(1400), key);
      return { auth: { token: body.toString('base64'), iv: iv.toString('hex') } };
    },
  };
  const documents = Array.from({ length: rows }, (_, i) =>
    JSON.stringify(odd[i]?.() ?? { auth: { token: joined(secretOf(i), key), kind: 'oauth' } }),
  );
  await client.query('CREATE TABLE d (id int PRIMARY KEY, doc jsonb)');
  await client.query(
    `INSERT INTO d SELECT i - 1, doc::jsonb FROM unnest($1::text[]) WITH ORDINALITY AS r (doc, i)`,
    [documents],
  );
  const entry = { schema: 'public', table: 'd', column: 'doc', path: '$.auth.token' };
  const columns = [{ ...entry, layout: 'base64', kind: 'unknown' }];
  const inventory = await folder.file('i.json', JSON.stringify({ version: 1, columns }));
  const keyFile = await folder.file('a.key', key.toString('base64'));
  const at = ['--json', '--database', url, '--inventory', inventory];
  const { status, json } = await folder.run(['census', ...at, '--key-file', keyFile]);

  expect(status).toBe(3);
  const [listed] = json.places.filter((place: any) => place.inInventory);
  // all but the row under another key: that whose IV is beside it is read as well, but for its beginning
  expect(listed).toMatchObject({ column: 'doc', path: '$.auth.token', values: rows - 1 });
  const beside = json.places.filter((place: any) => !place.inInventory);
  expect(beside).toContainEqual(expect.objectContaining({ path: '$.old', values: 1, rows: ['id=1100'] }));
  expect(beside).toContainEqual(
    expect.objectContaining({ nested: expect.anything(), values: 1, rows: ['id=1200'] }),
  );
  expect(beside).toContainEqual(expect.objectContaining({ isMisread: true, values: 1, rows: ['id=1400'] }));
  expect(JSON.stringify(json)).not.toContain('id=1300');
});
