import { createCipheriv, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { EncryptionKey } from '#crypto/encryption-key';
import { discoverColumns } from '#discovery/discovery';
import { connect } from '#postgres/connect';
import { parseDatabaseUrl } from '#postgres/target';
import { createTestDatabase } from '#test/support/postgres/test-database';

test('a table of 1,600 columns, most of them empty, is looked through, also for values in a few of its rows', async () => {
  await using database = await createTestDatabase();
  const secret = randomBytes(32);
  const seal = (i: number) => {
    const iv = randomBytes(16);
    const cipher = createCipheriv('aes-256-cfb', secret, iv);
    return Buffer.concat([iv, cipher.update(`sk_live_${i}_correct_horse_battery`)]).toString('base64');
  };
  const names = [...Array(1599).keys()].map((i) => `c${i}`);
  const { client } = database;
  await client.query(`CREATE TABLE wide (id int, ${names.map((name) => `${name} text`).join(', ')})`);
  await client.query("INSERT INTO wide (id, c0) SELECT g, 'note' FROM generate_series(1, 2000) AS g");
  for (const i of [1, 2, 3])
    await client.query('INSERT INTO wide (id, c700, c1598) VALUES ($1, $2, $3)', [-i, seal(i), seal(i)]);
  const own = await connect(parseDatabaseUrl(database.url), { applicationName: 'keel test' });
  using key = new EncryptionKey(Buffer.from(secret));
  const { proposed, skipped } = await discoverColumns(own, { key }).finally(() => own.end());
  expect(skipped).toEqual([]);
  expect(proposed.map(({ entry }) => entry.column)).toEqual(['c700', 'c1598']);
});
