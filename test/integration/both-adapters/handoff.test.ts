import { randomBytes } from 'node:crypto';
import { readFile, rename, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { base64 } from '#test/support/databases/foreign-database';
import { createTestDatabase } from '#test/support/postgres/test-database';
import { openTwin, type Twin } from './twin.ts';

const timeout = 120_000;

/** The settings can be read as ever, and not be written: beside a name as long as names may be no temporary file can stand. */
async function freezeSettings({ window, environment }: Twin): Promise<void> {
  const home = join(window.home, 'environments', environment);
  const settings = join(home, 'environment.json');
  const elsewhere = join(home, 'x'.repeat(255));
  await rename(settings, elsewhere);
  await symlink(elsewhere, settings);
}

test('a hand-off whose place cannot be remembered is noted, and said to be so, in both', {
  timeout,
}, async () => {
  const key = randomBytes(32);
  await using database = await createTestDatabase();
  const { client, url } = database;
  await client.query('CREATE TABLE credential (id int PRIMARY KEY, data text NOT NULL)');
  for (let id = 0; id < 20; id++) {
    const value = JSON.stringify({ host: `db${id}.example.org`, password: randomBytes(9).toString('hex') });
    await client.query('INSERT INTO credential VALUES ($1, $2)', [id, base64(value, key)]);
  }
  await using byCommand = await openTwin({ url, key });
  await using byWindow = await openTwin({ url, key });
  const twins = [byCommand, byWindow];
  const [commandFile = '', windowFile = ''] = await Promise.all(
    twins.map(({ folder }) => folder.file('.env', 'ENCRYPTION_KEY=\n')),
  );
  const { environment, window } = byWindow;
  const target = { kind: 'env-file', path: windowFile, variable: 'ENCRYPTION_KEY' } as const;
  window.desk.nextFile = windowFile;
  await window.must('files.choose', { purpose: 'open-handoff' });
  await Promise.all(twins.map(freezeSettings));

  const ran = await byCommand.keel(['handoff', 'apply', '--env-file', commandFile, '--json']);
  expect(ran.status, ran.stderr).toBe(0);
  expect(ran.stderr).toContain('could not be saved in the environment’s settings');
  expect(await window.must('handoff.apply', { environment, target })).toMatchObject({ remembered: false });
  const written = `ENCRYPTION_KEY=${key.toString('base64')}\n`;
  expect(await readFile(commandFile, 'utf8')).toBe(written);
  expect(await readFile(windowFile, 'utf8')).toBe(written);

  expect(await byCommand.state()).toEqual(await byWindow.state());
  expect(await byCommand.log()).toEqual(await byWindow.log());
  expect((await byWindow.log()).map(({ action, outcome }) => [action, outcome])).toEqual([
    ['key handed off', 'done'],
  ]);
});
