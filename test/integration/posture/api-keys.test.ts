import bcrypt from 'bcrypt';
import { expect, test } from 'vitest';
import { connect } from '#postgres/connect';
import { parseDatabaseUrl } from '#postgres/target';
import { checkPosture } from '#posture/look/check-posture';
import { judgePosture } from '#posture/judge/judge-posture';
import { createTestDatabase } from '#test/support/postgres/test-database';

test('API keys are passed only where each value was looked at, and is a hash of bcrypt', async () => {
  await using database = await createTestDatabase();
  const { client } = database;
  const of = async (url = database.url) => {
    const target = parseDatabaseUrl(url, {});
    const open = (applicationName: string) => connect(target, { applicationName });
    const facts = await checkPosture(
      { places: { oauth: [], keyFiles: [] }, database: { target, open }, inventory: [], answers: [] },
      { signal: new AbortController().signal },
    );
    const found = judgePosture(facts).filter(({ id }) => id.startsWith('api-keys.'));
    return found.map(({ id, status, seen }) => [id, `${status}: ${seen}`] as const);
  };
  expect(Object.fromEntries(await of())).toMatchObject({
    'api-keys.hashed': 'unknown: no column with bcrypt hashes was found',
    'api-keys.clear': 'unknown: no column has a name that suggests keys, so none was searched',
  });

  await client.query('CREATE TABLE api_key (id int PRIMARY KEY, key_hash text)');
  await client.query('INSERT INTO api_key VALUES (1, $1)', [await bcrypt.hash('bk_one', 10)]);
  expect(Object.fromEntries(await of())).toMatchObject({
    'api-keys.hashed': expect.stringMatching(/^pass: 1 hash in public\.api_key\.key_hash/),
    'api-keys.clear': expect.stringMatching(/^pass/),
  });
  await client.query("INSERT INTO api_key VALUES (2, encode(sha256('bk_two'), 'hex')), (3, NULL), (4, '')");
  expect(Object.fromEntries(await of())['api-keys.hashed']).toMatch(
    /^warn: .*; 1 value in the same column is no bcrypt hash$/,
  );
  await client.query(
    "UPDATE api_key SET key_hash = 'Bearer bk_ThisOneWasWrittenDownByMistake0000' WHERE id = 2",
  );
  expect(Object.fromEntries(await of())['api-keys.clear']).toMatch(/^fail/);

  // what the role may not read is not passed for it
  await client.query('DELETE FROM api_key WHERE id = 2');
  const role = `reader_${database.name}`;
  await client.query(`CREATE ROLE ${role} LOGIN PASSWORD 'p'; CREATE TABLE hidden_token (token text)`);
  await client.query(`GRANT USAGE ON SCHEMA public TO ${role}; GRANT SELECT ON api_key TO ${role}`);
  try {
    const url = new URL(database.url);
    url.username = role;
    url.password = 'p';
    expect(Object.fromEntries(await of(url.href))['api-keys.clear']).toMatch(
      /^unknown: 1 of 2 columns whose names suggest keys were checked/,
    );
  } finally {
    await client.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
  }
});
