import { createCipheriv, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { EncryptionKey } from '#crypto/encryption-key';
import { connect } from '#postgres/connect';
import { discoverColumns } from '#discovery/discovery';
import { parseDatabaseUrl } from '#postgres/target';
import { createTestDatabase } from '#test/support/postgres/test-database';

const seal = (plaintext: string, key: Buffer): string => {
  const iv = randomBytes(16);
  const cipher = createCipheriv('aes-256-cfb', key, iv);
  return Buffer.concat([iv, cipher.update(plaintext), cipher.final()]).toString('base64');
};

test('a column that holds only large ciphertexts is proposed, and so is a leaf of large documents', async () => {
  await using database = await createTestDatabase();
  const bytes = randomBytes(32);
  const { client } = database;
  await client.query(
    'CREATE TABLE large (id int PRIMARY KEY, secret text, document jsonb, prose text, blank text)',
  );
  for (let id = 0; id < 3; id++) {
    const prose = `row ${id}: plain words, and many of them. `.repeat(1_900);
    const document = { prose, auth: { token: seal(`token-${id}-abcdefghijkl`, bytes) } };
    await client.query('INSERT INTO large VALUES ($1, $2, $3, $4, $5)', [
      ...[
        id,
        seal(`line ${id} of a large secret\n`.repeat(2_200), bytes),
        JSON.stringify(document),
        prose,
        '',
      ],
    ]);
  }
  const session = await connect(parseDatabaseUrl(database.url), { applicationName: 'keel discovery test' });
  using key = new EncryptionKey(Buffer.from(bytes));
  const { proposed, unopened, skipped } = await discoverColumns(session, { key }).finally(() =>
    session.end(),
  );
  expect(proposed.map(({ entry }) => [entry.column, entry.path])).toEqual([
    ['secret', undefined],
    ['document', '$.auth.token'],
  ]);
  expect([unopened, skipped]).toEqual([[], []]);
});
