import { expect, test } from 'vitest';
import { createTestDatabase } from '#test/support/postgres/test-database';
import { KeelFolder } from '#test/support/processes/keel-process';
import { consent, fill, plaintexts, readRows, vectorsOf } from '#test/support/schemes/application-database';
import type { Vector } from '#test/support/schemes/vectors';

test('a fleet of another application refuses a key of another class, and rotates and proves with keys as that application reads them', {
  timeout: 240_000,
}, async () => {
  await using database = await createTestDatabase();
  await using folder = await KeelFolder.create();
  const vectors = vectorsOf('langfuse');
  const first = vectors[0] as Vector;
  await fill(database, vectors);
  const before = await readRows(database);
  const newKey = 'ab12'.repeat(16);
  const oldFile = await folder.file('old.key', first.key);
  const newFile = await folder.file('new.key', newKey);
  const otherClass = await folder.file('class.key', 'ab12'.repeat(8));
  const url = new URL(database.url);
  const env = {
    KEEL_PASSPHRASE: 'five random words for a test',
    PGPASSWORD: decodeURIComponent(url.password),
  };
  const added = await folder.run(
    [
      ...['env', 'add', 'shop', '--database', database.url, '--keep-keys-in', 'sealed-file'],
      ...['--application', 'langfuse'],
    ],
    { env },
  );
  expect(added.status, added.stderr).toBe(0);
  const list = await folder.file('databases.txt', database.name);
  const fleet = (...args: string[]) =>
    folder.run(['fleet', ...args, '--databases', list, '--env', 'shop', '--json'], { env });
  const rotate = (to: string) => fleet('rotate', ...consent, '--from-key-file', oldFile, '--to-key-file', to);

  const refused = await rotate(otherClass);
  expect(refused.json.error, refused.stderr).toMatchObject({
    code: 'key-malformed',
    message: expect.stringContaining('which the application may read differently'),
  });
  expect(await readRows(database)).toEqual(before);

  const rotated = await rotate(newFile);
  expect(rotated.status, rotated.stdout + rotated.stderr).toBe(0);
  expect(plaintexts(await readRows(database), first, newKey)).toEqual(plaintexts(before, first, first.key));
  const proven = await fleet('prove', '--key-file', newFile);
  expect(proven.json, proven.stderr).toMatchObject({ ok: true, databases: [{ verdict: 'correct' }] });
});
