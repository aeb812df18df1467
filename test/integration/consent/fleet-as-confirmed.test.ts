import { join } from 'node:path';
import { expect, test } from 'vitest';
import { generateEncryptionKey } from '#crypto/encryption-key';
import { giveUpMembers, readFleetRecord } from '#records/fleet-record';
import { addAcme } from '#test/support/consent/acme-environment';
import { writeFleetRecord } from '#test/support/databases/recorded-fleet';
import { createTestDatabase } from '#test/support/postgres/test-database';
import { openTestWindow } from '#test/support/window';

test('an undo names its databases, and is refused where the page takes others in while the admin reads', async () => {
  await using database = await createTestDatabase();
  await using window = await openTestWindow();
  const environment = await addAcme(window, database);
  const folder = join(window.home, 'environments', environment);
  const keys = { from: generateEncryptionKey().fingerprint, to: generateEncryptionKey().fingerprint };
  await writeFleetRecord(folder, {
    ...keys,
    databases: [
      { name: 'one', state: 'done', at: new Date().toISOString() },
      { name: 'two', state: 'waiting' },
    ],
  });
  await giveUpMembers(folder, ['two']);
  let answer = (_agrees: boolean) => {};
  window.desk.agrees = new Promise((resolve) => (answer = resolve));
  const asked = window.desk.questions.length;
  const undone = window.run('fleet.undo', { environment, accepted: [] });
  while (window.desk.questions.length === asked) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(window.desk.questions.at(-1)?.detail).toContain('The databases: “one”.');
  await window.must('fleet.giveUp', { environment, databases: ['two'], withdraw: true });
  answer(true);
  expect(await undone).toMatchObject({ ok: false, error: { code: 'confirmation-missing' } });
  const record = await readFleetRecord(folder);
  expect(record?.undo).toBeUndefined();
  expect(record?.databases.map(({ name }) => name)).toEqual(['one', 'two']);
});
