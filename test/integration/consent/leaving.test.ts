import { join } from 'node:path';
import { expect, test } from 'vitest';
import { generateEncryptionKey } from '#crypto/encryption-key';
import { isRewriting } from '#shell/close-guard';
import { addAcme } from '#test/support/consent/acme-environment';
import { writeFleetRecord } from '#test/support/databases/recorded-fleet';
import { createTestDatabase } from '#test/support/postgres/test-database';
import { openTestWindow, type TestWindow } from '#test/support/window';

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
}

async function needsOf(window: TestWindow): Promise<string[]> {
  const [card] = await window.must('environments.list', {});
  return card?.needs ?? [];
}

test('leaving with a question open answers it with no, wipes before anything is awaited, and ends', async () => {
  await using database = await createTestDatabase();
  await using window = await openTestWindow();
  const environment = await addAcme(window, database);
  const keys = { from: generateEncryptionKey().fingerprint, to: generateEncryptionKey().fingerprint };
  const at = new Date().toISOString();
  const databases = [{ name: 'one', state: 'done' as const, at }];
  const folder = join(window.home, 'environments', environment);
  await writeFleetRecord(folder, { ...keys, databases, finishedAt: at });
  const asked = window.desk.questions.length;
  window.desk.agrees = new Promise<boolean>(() => {});
  const undone = window.run('fleet.undo', { environment, accepted: [] });
  await until(() => window.desk.questions.length > asked);
  const running = await window.must('operations.list', {});
  expect(running).toMatchObject([{ procedure: 'fleet.undo' }]);
  expect(running[0]).not.toHaveProperty('agreed');
  expect(isRewriting(running as never)).toBe(false);
  const closing = window.close();
  expect(window.desk.closed.map(({ message }) => message)).toEqual([
    'Undo the rotation of 1 database of “Acme” (PROD)?',
  ]);
  expect(await needsOf(window)).toContain('passphrase');
  await closing;
  expect(await undone).toMatchObject({ ok: false });
  expect(await window.must('fleet.state', { environment })).toMatchObject({ record: keys });
});

test('leaving with long work under way wipes what was typed before the work has ended', async () => {
  await using database = await createTestDatabase();
  await using window = await openTestWindow();
  const environment = await addAcme(window, database);
  await window.must('keys.generate', { environment });
  await database.client.query('CREATE TABLE vault (id int PRIMARY KEY, s text NOT NULL)');
  await database.client.query("INSERT INTO vault VALUES (1, 'x')");
  await database.client.query('BEGIN');
  await database.client.query('LOCK TABLE vault IN ACCESS EXCLUSIVE MODE');
  const working = window.run('inventory.discover', { environment });
  // it waits for the table
  await until(async () => {
    const waiting = 'SELECT count(*)::int AS count FROM pg_locks WHERE NOT granted';
    return (await database.client.query(waiting)).rows[0].count > 0;
  });
  const closing = window.close();
  expect(await needsOf(window)).toContain('passphrase');
  await closing;
  await working;
  await database.client.query('ROLLBACK');
});

test('a lock closes the question that is open: it would name keys on a locked screen', async () => {
  await using database = await createTestDatabase();
  await using window = await openTestWindow();
  const environment = await addAcme(window, database);
  window.desk.agrees = new Promise<boolean>(() => {});
  const asked = window.desk.questions.length;
  const removed = window.call('environments.remove', { environment });
  await until(() => window.desk.questions.length > asked);
  await window.lock();
  expect(await removed).toMatchObject({ ok: false, error: { code: 'app-locked' } });
  expect(window.desk.closed).toHaveLength(1);
  window.desk.agrees = true;
  await window.must('app.unlock', {});
  expect(await window.must('environments.list', {})).toHaveLength(1);
});
