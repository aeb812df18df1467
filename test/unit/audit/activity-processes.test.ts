import { once } from 'node:events';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { openActivityLog } from '#audit/activity-log';
import { bundleScript, rooms, runScript } from '#test/support/processes/other-process';
import { test } from '#test/support/temp-folder';

const bundleWriter = (folder: string) =>
  bundleScript(
    folder,
    `
    import { openActivityLog } from ${JSON.stringify(join(rooms, 'audit/activity-log.ts'))};
    const [folder, name, count] = process.argv.slice(2);
    const log = openActivityLog(folder);
    for (let n = 0; n < Number(count); n++) await log.append({ action: name + ' ' + n, detail: '', outcome: 'done' });`,
  );

describe('several processes', () => {
  test('write one chain without a break, and list it whole meanwhile', async ({ folder }) => {
    const home = join(folder, 'home');
    await mkdir(home);
    const writer = await bundleWriter(folder);
    const ends = ['a', 'b', 'c'].map((name) => once(runScript(writer, home, name, '15'), 'exit'));
    let ended = false;
    const exits = Promise.all(ends).finally(() => {
      ended = true;
    });
    const log = openActivityLog(home);
    while (!ended) {
      expect((await log.list({ limit: 1000 })).intact).toBe(true);
      await pause(20);
    }
    expect(await exits).toEqual(ends.map(() => [0, null]));
    const { intact, entries } = await log.list({ limit: 1000 });
    expect(intact).toBe(true);
    expect(new Set(entries.map(({ action }) => action)).size).toBe(45);
    expect((await readdir(home)).sort()).toEqual(['activity.head.json', 'activity.jsonl']);
  });

  test('that are killed at any moment leave a log without a break', async ({ folder }) => {
    const home = join(folder, 'home');
    await mkdir(home);
    const writer = await bundleWriter(folder);
    const log = openActivityLog(home);
    for (let round = 0; round < 5; round++) {
      const before = (await log.list({ limit: 1000 })).entries.length;
      const child = runScript(writer, home, `${round}`, '1000');
      const exit = once(child, 'exit');
      await expect
        .poll(async () => (await log.list({ limit: 1000 })).entries.length, { timeout: 30_000 })
        .toBeGreaterThan(before + 2);
      child.kill('SIGKILL');
      await exit;
      expect((await log.list({ limit: 1000 })).intact).toBe(true);
    }
    await log.append({ action: 'last', detail: '', outcome: 'done' });
    const { intact, entries } = await log.list({ limit: 1000 });
    expect(intact).toBe(true);
    expect(entries[0]?.action).toBe('last');
  });
});
