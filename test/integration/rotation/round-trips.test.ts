import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { base64 } from '#test/support/databases/foreign-database';
import { startCountingProxy } from '#test/support/postgres/counting-proxy';
import { createTestDatabase } from '#test/support/postgres/test-database';
import { KeelFolder } from '#test/support/processes/keel-process';

/**
 * Of the connection that writes, and of the one that reads, from greeting to farewell. Three are the login, and whether a pooler is in
 * between is known before anything is locked. One of the reader's asks how large the database is, which bounds its COPYs, and one
 * reads the sample that `--sampled` looks within.
 */
const most = { writing: 19, reading: 22, locked: 2 };

test('a rotation waits for the server a few times only, and twice while the table is locked', async () => {
  await using database = await createTestDatabase();
  await using folder = await KeelFolder.create();
  const [from, to] = [randomBytes(32), randomBytes(32)];
  await database.client.query('CREATE TABLE vault (id int PRIMARY KEY, s text)');
  const cells = Array.from({ length: 100 }, (_, i) => base64(`{"user": "reader ${i}"}`, from));
  await database.client.query(
    'INSERT INTO vault SELECT n, c FROM unnest($1::text[]) WITH ORDINALITY AS r (c, n)',
    [cells],
  );
  const keys = [
    ...['--from-key-file', await folder.file('from.key', from.toString('base64'))],
    ...['--to-key-file', await folder.file('to.key', to.toString('base64'))],
  ];
  const entry = { schema: 'public', table: 'vault', column: 's', layout: 'base64', kind: 'credentials' };
  await folder.file('inventory.json', JSON.stringify({ version: 1, columns: [entry] }));
  await using proxy = await startCountingProxy(database.url);
  const rotated = await folder.run([
    ...['rotate', '--json', '--yes', '--sampled', '--accept', 'other-sessions', '--database', proxy.url],
    ...['--inventory', join(folder.path, 'inventory.json'), ...keys],
  ]);
  expect(rotated).toMatchObject({ status: 0, json: { ok: true, rotation: { rows: 100 } } });
  const all = proxy.conversations.map(({ trips }) => trips);
  expect(all).toHaveLength(2);
  const writing = all.find((trips) => trips.some((text) => text.includes('COMMIT'))) ?? [];
  const reading = all.find((trips) => trips !== writing) ?? [];
  const locking = writing.findIndex((text) => text.includes('SHARE ROW EXCLUSIVE MODE'));
  const locked = writing.slice(locking + 1, writing.findIndex((text) => text.includes('COMMIT')) + 1);
  expect(locked.length).toBeLessThanOrEqual(most.locked);
  expect(writing.length).toBeLessThanOrEqual(most.writing);
  expect(reading.length).toBeLessThanOrEqual(most.reading);
});
