import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { KeelFolder } from '#test/support/processes/keel-process';
import { openTestWindow } from '#test/support/window';

test('the command line and the window write one log, which shows where it was altered', async () => {
  await using folder = await KeelFolder.create();
  const home = join(folder.path, 'home');
  await using window = await openTestWindow(home);
  const made = (name: string) => folder.run(['key', 'generate', '--out', join(folder.path, name), '--json']);
  // at the same time, from two processes
  const [first] = await Promise.all([
    made('a.key'),
    window.must('settings.write', { idleMinutes: 9 }),
    made('b.key'),
  ]);
  const { entries, intact } = await window.must('activity.list', { limit: 10 });
  expect(intact).toBe(true);
  expect(entries.map(({ action }) => action).sort()).toEqual([
    'key generated',
    'key generated',
    'settings changed',
  ]);
  const shown = await folder.run(['audit', 'show', '--limit', '2', '--json']);
  expect(shown.json.entries).toEqual(entries.slice(0, 2));
  expect(shown.stdout).not.toContain((await readFile(first.json.key.file, 'utf8')).trim());
  const whole = await folder.run(['audit', 'verify', '--json']);
  expect(whole).toMatchObject({ status: 0, json: { ok: true, entries: 3 } });

  const table = join(folder.path, 'log.csv');
  expect((await folder.run(['audit', 'export', '--out', table, '--json'])).json).toMatchObject({
    entries: 3,
  });
  expect((await readFile(table, 'utf8')).split('\r\n')).toHaveLength(5);
  expect((await folder.run(['audit', 'export', '--out', table])).status).toBe(2);
  window.desk.nextFile = join(folder.path, 'log.jsonl');
  expect(await window.call('activity.export', { path: window.desk.nextFile })).toMatchObject({
    ok: false,
    error: { code: 'file-not-chosen' },
  });
  await window.must('files.choose', { purpose: 'save-activity' });
  // the export and the refusal are entries by now
  expect(await window.must('activity.export', { path: window.desk.nextFile })).toEqual({ entries: 5 });

  const path = join(home, 'activity.jsonl');
  await writeFile(path, (await readFile(path, 'utf8')).replace('settings changed', 'settings read'));
  const altered = await folder.run(['audit', 'verify', '--json']);
  const at = entries.length - entries.findIndex(({ action }) => action === 'settings changed');
  expect(altered).toMatchObject({ status: 3, json: { ok: false, firstBad: { entry: at } } });
  expect((await folder.run(['audit', 'verify'])).stdout).toContain(`Altered: entry ${at} of ${path} `);
});
