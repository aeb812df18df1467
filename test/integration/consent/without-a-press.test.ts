import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { activeEnvironment } from '#test/support/consent/active-environment';
import { createTestDatabase } from '#test/support/postgres/test-database';
import { openTestWindow } from '#test/support/window';

const change = { theme: 'dark', notifyWhenDone: false } as const;

test('a page that changes settings over and over is refused before it fills the log, until somebody presses something', async () => {
  await using window = await openTestWindow();
  window.desk.presses = false;
  const codes: string[] = [];
  for (let n = 0; n < 40; n++) {
    const outcome = await window.call('settings.write', change);
    codes.push(outcome.ok ? 'ok' : outcome.error.code);
  }
  expect(codes.filter((code) => code === 'ok').length).toBeLessThan(35);
  expect(codes.at(-1)).toBe('request-refused');
  const { entries } = await window.must('activity.list', { limit: 1000 });
  expect(entries.length).toBeLessThan(60);
  // what notes nothing, and what the admin asks for with a button, goes on
  expect(await window.call('settings.read', {})).toMatchObject({ ok: true });
  window.desk.presses = true;
  expect(await window.call('settings.write', change)).toMatchObject({ ok: true });
});

test('passwords are not guessed at an agreed server without a press, each refused one is noted, and another user is asked about', async () => {
  await using database = await createTestDatabase();
  await using window = await openTestWindow();
  const { environment } = await activeEnvironment(window, database);
  window.desk.presses = false;
  const guess = (user: string, n: number) => {
    const url = new URL(database.url);
    url.username = user;
    url.password = `guess${n}`;
    return window.run('connection.test', { connection: { url: url.href } });
  };
  const { username } = new URL(database.url);
  const asked = window.desk.questions.length;
  const outcomes = [];
  for (let n = 0; n < 6; n++) outcomes.push(await guess(username, n));
  const refused = outcomes.filter((outcome) => outcome.ok && !outcome.value.ok).length;
  // a server that trusts everybody refuses nobody, and there is nothing to guess
  if (refused > 0) {
    expect(refused).toBe(3);
    expect(outcomes.at(-1)).toMatchObject({ error: { code: 'confirmation-missing' } });
    const unlock = await window.call('environments.unlock', { environment, password: 'guess' });
    expect(unlock).toMatchObject({ error: { code: 'confirmation-missing' } });
    const { entries } = await window.must('activity.list', { limit: 100 });
    expect(entries.filter(({ action }) => action === 'login refused')).toHaveLength(3);
  }
  expect(window.desk.questions).toHaveLength(asked);
  window.desk.agrees = false;
  await guess('another_user', 0);
  expect(window.desk.questions.at(-1)?.detail).toContain('another_user');
});

test('a file with passwords that is read to its end after a lock leaves none of them', async () => {
  await using window = await openTestWindow();
  const path = join(window.home, 'x.env');
  await writeFile(path, 'DATABASE_URL=postgres://ann:hunter2-secret@db.example/x\n');
  window.desk.nextFile = path;
  await window.must('files.choose', { purpose: 'open-connection' });
  for (const unlockAtOnce of [false, true]) {
    const pending = window.call('connection.import', { path });
    await window.lock();
    if (unlockAtOnce) await window.must('app.unlock', {});
    expect(await pending).toMatchObject({ error: { code: 'app-locked' } });
    await window.must('app.unlock', {});
  }
});

test('a passphrase that is tried while the app is locked and unlocked again is not kept', async () => {
  await using database = await createTestDatabase();
  await using window = await openTestWindow();
  const { environment } = await activeEnvironment(window, database);
  const needs = async () => (await window.must('environments.list', {}))[0]?.needs;
  await window.lock();
  await window.must('app.unlock', {});
  const before = await needs();
  const passphrase = 'five random words for a test';
  const pending = window.call('environments.unlock', { environment, passphrase });
  await window.lock();
  await window.must('app.unlock', {});
  expect(await pending).toMatchObject({ error: { code: 'app-locked' } });
  expect(await needs()).toEqual(before);
});

test('a suggested passphrase that is made while the app is locked and unlocked again is not kept', async () => {
  await using window = await openTestWindow();
  const pending = window.call('passphrase.suggest', {});
  await window.lock();
  await window.must('app.unlock', {});
  expect(await pending).toMatchObject({ error: { code: 'app-locked' } });
});
