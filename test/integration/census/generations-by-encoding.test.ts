import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { hex, base64 } from '#test/support/databases/foreign-database';
import { createTestDatabase } from '#test/support/postgres/test-database';
import { KeelFolder } from '#test/support/processes/keel-process';

test('a column of two encodings is not rotated by leaving one of them out, and a census tells them apart', async () => {
  await using database = await createTestDatabase();
  await using folder = await KeelFolder.create();
  const key = randomBytes(32);
  await database.client.query('CREATE TABLE s (id int PRIMARY KEY, x text)');
  const cells = Array.from({ length: 40 }, (_, i) => {
    const secret = `{"host": "db-${i}.internal", "password": "${randomBytes(9).toString('base64url')}"}`;
    return i % 2 === 0 ? base64(secret, key) : hex(secret, key);
  });
  await database.client.query(
    'INSERT INTO s SELECT n, c FROM unnest($1::text[]) WITH ORDINALITY AS r (c, n)',
    [cells],
  );
  const at = ['--database', database.url];
  const from = await folder.file('from.key', key.toString('base64'));
  const to = await folder.file('to.key', randomBytes(32).toString('base64'));
  const column = { schema: 'public', table: 's', column: 'x', layout: 'base64', kind: 'credentials' };
  const inventory = [
    '--inventory',
    await folder.file('i.json', JSON.stringify({ version: 1, columns: [column] })),
  ];
  const census = await folder.run(['census', ...at, ...inventory, '--key-file', from, '--json']);
  expect(census.status).toBe(3);
  expect(census.json.places.map((place: any) => [place.form, place.values, place.inInventory])).toEqual(
    expect.arrayContaining([
      [expect.stringContaining('base64'), 20, true],
      [expect.stringContaining('hex'), 20, false],
    ]),
  );
  const rotate = (...more: string[]) =>
    folder.run([
      ...['rotate', '--json', '--yes', '--accept', 'other-sessions', ...at, ...inventory],
      ...['--from-key-file', from, '--to-key-file', to, ...more],
    ]);
  const before = (await database.client.query('SELECT * FROM s ORDER BY id')).rows;
  for (const more of [[], ['--exclude', 'public.s.x']])
    expect([more, (await rotate(...more)).status]).toEqual([more, 4]);
  expect((await database.client.query('SELECT * FROM s ORDER BY id')).rows).toEqual(before);
});
