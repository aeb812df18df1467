import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { desk, document, seal, token } from '#test/support/databases/nested-values';
import { createTestDatabase } from '#test/support/postgres/test-database';
import { KeelFolder } from '#test/support/processes/keel-process';

test('one short value beside the inventory is told as possible by census, preflight and sweep, never passed over', async () => {
  await using database = await createTestDatabase();
  await using folder = await KeelFolder.create();
  const key = randomBytes(32);
  const { client } = database;
  await client.query('CREATE TABLE s (id int PRIMARY KEY, plain text)');
  for (let id = 1; id <= 40; id++)
    await client.query('INSERT INTO s VALUES ($1, $2)', [
      id,
      seal(document(token()), key).toString('base64'),
    ]);
  await client.query('CREATE TABLE settings (id int PRIMARY KEY, smtp text, note text)');
  await client.query('INSERT INTO settings VALUES (7, $1, $2)', [
    seal('tr0ub4dor&3-bat', key).toString('base64'),
    'write to the postmaster',
  ]);
  const { inventory, old, rotate, run } = await desk(database, folder, ['plain'], key);
  const expected = { table: 'settings', column: 'smtp', values: 1, rows: ['id=7'] };
  const census = await run('census', ...inventory, '--key-file', old, '--json');
  expect([census.status, census.json.ok]).toEqual([0, true]);
  expect(census.json.possible).toMatchObject([expected]);
  const said = await run('census', ...inventory, '--key-file', old);
  expect(said.stdout + said.stderr).toMatch(/Possibly encrypted with a key[^]*public\.settings\.smtp/);
  const rotated = await rotate();
  expect(rotated.status, rotated.stderr).toBe(0);
  expect(rotated.json.rotation.warnings).toContainEqual(
    expect.objectContaining({
      code: 'possible-values',
      message: expect.stringMatching(/too short to tell .*: public\.settings\.smtp/),
      places: ['public.settings.smtp'],
    }),
  );
  const sweep = await run('sweep', '--json', '--keep-keys-in', 'own-files');
  expect(sweep.json.census.possible).toMatchObject([expected]);
  const words = await run('sweep', '--keep-keys-in', 'own-files');
  expect(words.stdout + words.stderr).toContain('public.settings.smtp');
});
