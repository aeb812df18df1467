import { expect, test } from 'vitest';
import { countCredentials, listCredentials } from '#credentials/list-credentials';
import { EncryptionKey } from '#crypto/encryption-key';
import { connect } from '#postgres/connect';
import { parseDatabaseUrl } from '#postgres/target';
import { base64, createForeignDatabase } from '#test/support/databases/foreign-database';
import { connectPlainly } from '#test/support/postgres/test-database';

test('the total of a list is that of all its pages, by the same filters, and says where it stopped', async () => {
  await using database = await createForeignDatabase({ rows: 1, strangers: 0 });
  const plain = await connectPlainly(database.url);
  await plain.query('CREATE TABLE many (id int PRIMARY KEY, secret text)');
  const cells = Array.from({ length: 12_000 }, (_, n) =>
    n % 100 === 0 ? 'in no form at all' : base64(`secret number ${n}`, database.from),
  );
  await plain.query(
    'INSERT INTO many SELECT n, cell FROM unnest($1::text[]) WITH ORDINALITY AS t (cell, n)',
    [cells],
  );
  await plain.end();
  await using client = await connect(parseDatabaseUrl(database.url, {}), { applicationName: 'test' });
  using key = new EncryptionKey(Buffer.from(database.from));
  const entry = {
    schema: 'public',
    table: 'many',
    column: 'secret',
    layout: 'base64',
    kind: 'unknown',
  } as const;
  const inventory = { version: 1, columns: [entry] } as const;
  const count = (filter: { search?: string; opens?: boolean } = {}, withinMs = 60_000) =>
    countCredentials(client, key, { ...inventory, columns: [entry] }, { ...filter, withinMs });

  expect(await count()).toEqual({ credentials: 12_000, complete: true });
  expect(await count({ opens: false })).toEqual({ credentials: 120, complete: true });
  const found = await listCredentials(
    client,
    key,
    { ...inventory, columns: [entry] },
    { limit: 200, search: '777' },
  );
  expect(await count({ search: '777' })).toEqual({ credentials: found.credentials.length, complete: true });
  const cut = await count({}, 0);
  expect(cut.complete).toBe(false);
  expect(cut.credentials).toBeGreaterThan(0);
  expect(cut.credentials).toBeLessThan(12_000);
});
