import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { desk, document, seal, token } from '#test/support/databases/nested-values';
import { createTestDatabase, type TestDatabase } from '#test/support/postgres/test-database';
import { KeelFolder } from '#test/support/processes/keel-process';

const rows = 40;

/** Credentials under the key, and beside them what is under a key of somebody else, what is written in an unknown way, and secrets of one or two bytes. */
async function fill({ client }: TestDatabase, key: Buffer): Promise<void> {
  const other = randomBytes(32);
  await client.query(
    'CREATE TABLE s (id int PRIMARY KEY, plain text, theirs text, doc jsonb, backwards text)',
  );
  await client.query('CREATE TABLE pins (id int PRIMARY KEY, pin text)');
  await client.query('CREATE TABLE notes (id int PRIMARY KEY, note text, hash text)');
  for (let id = 1; id <= rows; id++) {
    const own = seal(document(token()), key).toString('base64');
    const theirs = seal(`${token()}${'x'.repeat(id)}`, other).toString('base64');
    const leaf = seal(`${token()}${'y'.repeat(id)}`, other).toString('hex');
    await client.query('INSERT INTO s VALUES ($1, $2, $3, $4, $5)', [
      ...[id, own, theirs, { kind: 'a', key: leaf }],
      Array.from(seal(`${token()}${'z'.repeat(id)}`, key).toString('base64'))
        .toReversed()
        .join(''),
    ]);
    await client.query('INSERT INTO notes VALUES ($1, $2, $3)', [
      ...[id, `call back on ${id}`, randomBytes(32).toString('hex')],
    ]);
  }
  for (const id of [1, 2, 3]) {
    const pin = seal('7'.repeat(1 + (id % 2)), key).toString('base64');
    await client.query('INSERT INTO pins VALUES ($1, $2)', [id, pin]);
  }
}

const expected = [
  { table: 's', column: 'backwards', sampled: rows, why: expect.stringMatching(/look encrypted/) },
  { table: 's', column: 'doc', path: '$.key', sampled: rows, why: expect.stringMatching(/look encrypted/) },
  { table: 'pins', column: 'pin', sampled: 3, why: expect.stringMatching(/too short to tell/) },
  { table: 's', column: 'theirs', sampled: rows, why: expect.stringMatching(/look encrypted/) },
].map((place) => ({ schema: 'public', ...place }));
const sorted = (places: { column: string }[]) => places.toSorted((a, b) => (a.column < b.column ? -1 : 1));

describe('what looks encrypted and no key that was tried opens', () => {
  test('is told with its number by a census and by a sweep, as of a sample', async () => {
    await using database = await createTestDatabase();
    await using folder = await KeelFolder.create();
    const key = randomBytes(32);
    await fill(database, key);
    const { inventory, old, rotate, run } = await desk(database, folder, ['plain'], key);
    const census = await run('census', ...inventory, '--key-file', old, '--json');
    expect(sorted(census.json.undecided)).toEqual(expected);
    const said = await run('census', ...inventory, '--key-file', old);
    expect(said.stdout + said.stderr).toMatch(
      /Undetermined, from a sample of each table:[^]*public\.s\.theirs: 40 sampled values look encrypted, but this key decrypts none/,
    );
    const rotated = await rotate('--accept', 'too-short');
    expect(rotated.status, rotated.stderr).toBe(0);
    const sweep = await run('sweep', '--json', '--keep-keys-in', 'own-files');
    expect(sorted(sweep.json.census.undecided)).toMatchObject(
      expected.map(({ table, column, sampled }) => ({ table, column, sampled })),
    );
    const text = await run('sweep', '--keep-keys-in', 'own-files');
    expect(text.stdout + text.stderr).toMatch(
      /public\.s\.theirs: 40 sampled values look encrypted, but none of the 2 keys decrypts any of them/,
    );
  });

  test('is not what another key of the census opens', async () => {
    await using database = await createTestDatabase();
    await using folder = await KeelFolder.create();
    const [key, second] = [randomBytes(32), randomBytes(32)];
    await database.client.query('CREATE TABLE s (id int PRIMARY KEY, plain text, more text)');
    for (let id = 1; id <= rows; id++) {
      await database.client.query('INSERT INTO s VALUES ($1, $2, $3)', [
        ...[id, seal(document(token()), key).toString('base64')],
        seal(`${token()}${'x'.repeat(id)}`, second).toString('base64'),
      ]);
    }
    const { old, rotate, run, inventory } = await desk(database, folder, ['plain'], key);
    const alone = await run('census', ...inventory, '--key-file', old, '--json');
    expect(alone.json.undecided).toMatchObject([{ column: 'more', sampled: rows }]);
    const rotated = await rotate();
    expect(rotated.status, rotated.stderr).toBe(0);
    const other = await folder.file('second.key', second.toString('base64'));
    const census = await run('census', ...inventory, '--key-file', other, '--json');
    expect(census.json.opened).toHaveLength(3);
    expect(census.json.undecided).toEqual([]);
  });
});
