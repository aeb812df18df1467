import { appendFile, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { type ActivityLog, openActivityLog } from '#audit/activity-log';
import { test } from '#test/support/temp-folder';

const all = { limit: 1000 };

async function logOf(home: string, count: number): Promise<ActivityLog> {
  const log = openActivityLog(home);
  for (let n = 1; n <= count; n++) {
    await log.append({
      action: `step ${n} done`,
      detail: '',
      outcome: 'done',
      environment: n % 2 ? 'odd' : 'even',
    });
  }
  return log;
}

const pathOf = (home: string) => join(home, 'activity.jsonl');
const headOf = (home: string) => join(home, 'activity.head.json');
const linesOf = async (home: string) => (await readFile(pathOf(home), 'utf8')).split('\n').slice(0, -1);
const actionsOf = async (log: ActivityLog) => (await log.list(all)).entries.map(({ action }) => action);

describe('the activity log', () => {
  test('is empty and intact where nothing was done yet', async ({ folder }) => {
    expect(await openActivityLog(join(folder, 'none')).list(all)).toEqual({ intact: true, entries: [] });
  });

  test('gives back what was added, newest first, of one environment or all, up to a limit', async ({
    folder,
  }) => {
    const home = join(folder, 'made', 'first');
    const log = await logOf(home, 5);
    expect(await actionsOf(log)).toEqual([5, 4, 3, 2, 1].map((n) => `step ${n} done`));
    const { intact, entries } = await log.list({ environment: 'odd', limit: 2 });
    expect(intact).toBe(true);
    expect(entries.map(({ action }) => action)).toEqual(['step 5 done', 'step 3 done']);
  });

  test.skipIf(process.platform === 'win32')('is for this account alone', async ({ folder }) => {
    await logOf(folder, 1);
    for (const path of [pathOf(folder), headOf(folder)]) expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  test('keeps an entry on one line, short, without control characters and without a secret', async ({
    folder,
  }) => {
    const log = openActivityLog(folder);
    const key = Buffer.alloc(32, 7).toString('base64');
    await log.append({
      action: `a\u0000b\u001b[31m\nc ${'x'.repeat(500)}`,
      detail: `from postgres://ann:hunter2@db/x and ENCRYPTION_KEY=${key} ${'😀'.repeat(900)}`,
      outcome: 'failed',
    });
    const { intact, entries } = await log.list(all);
    expect(intact).toBe(true);
    expect(entries[0]?.action).toMatch(/^a b \[31m c x{60,}$/);
    expect(Array.from(entries[0]?.action ?? '')).toHaveLength(80);
    expect(Array.from(entries[0]?.detail ?? '')).toHaveLength(400);
    const written = await readFile(pathOf(folder), 'utf8');
    expect(written).not.toContain('hunter2');
    expect(written).not.toContain(key);
    expect(written.split('\n')).toHaveLength(2);
  });

  test('keeps the order of calls that nobody waited for, and lists them all', async ({ folder }) => {
    const log = openActivityLog(folder);
    for (let n = 0; n < 20; n++) void log.append({ action: `${n}`, detail: '', outcome: 'done' });
    expect(await actionsOf(log)).toEqual(Array.from({ length: 20 }, (_, n) => `${19 - n}`));
    void log.append({ action: 'last', detail: '', outcome: 'done' });
    await log.settle();
    expect(await linesOf(folder)).toHaveLength(21);
  });

  test('takes entries from many at once, in one chain', async ({ folder }) => {
    const [one, other] = [openActivityLog(folder), openActivityLog(folder)];
    await Promise.all(
      Array.from({ length: 24 }, (_, n) =>
        (n % 2 ? one : other).append({ action: `${n}`, detail: '', outcome: 'done' }),
      ),
    );
    const { intact, entries } = await openActivityLog(folder).list(all);
    expect(intact).toBe(true);
    expect(new Set(entries.map(({ action }) => action)).size).toBe(24);
    expect((await readdir(folder)).sort()).toEqual(['activity.head.json', 'activity.jsonl']);
  });
});

test('a long log is read in slices, between which other work gets its turn', async ({ folder }) => {
  const log = await logOf(folder, 2);
  const [line = ''] = await linesOf(folder);
  await appendFile(pathOf(folder), `${line}\n`.repeat(3000));
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  const { intact, entries } = await log.list({ limit: 3 });
  clearInterval(timer);
  expect(intact).toBe(false);
  expect(entries).toHaveLength(3);
  expect(turns).toBeGreaterThan(10);
});

describe('a break of the log', () => {
  const damages: [string, (home: string) => Promise<unknown>][] = [
    [
      'an altered entry',
      (home) => rewrite(home, (lines) => lines.with(2, (lines[2] ?? '').replace('step 3', 'step 9'))),
    ],
    ['a removed entry', (home) => rewrite(home, (lines) => lines.toSpliced(2, 1))],
    ['a first entry removed', (home) => rewrite(home, (lines) => lines.slice(1))],
    ['a last entry removed', (home) => rewrite(home, (lines) => lines.slice(0, -1))],
    ['the newest half removed', (home) => rewrite(home, (lines) => lines.slice(0, 3))],
    [
      'two entries that changed places',
      (home) => rewrite(home, ([a = '', b = '', ...rest]) => [b, a, ...rest]),
    ],
    ['an entry put in twice', (home) => rewrite(home, (lines) => [...lines, ...lines.slice(-1)])],
    ['a line of something else', (home) => rewrite(home, (lines) => lines.toSpliced(3, 0, '{"entry":7}'))],
    [
      'a line reformatted',
      (home) => rewrite(home, (lines) => lines.with(1, (lines[1] ?? '').replace(':', ': '))),
    ],
    ['a line of noise', (home) => rewrite(home, (lines) => lines.with(3, '\u0000\ufffd'.repeat(1000)))],
    ['an end cut within a line', async (home) => truncate(pathOf(home), (await stat(pathOf(home))).size - 9)],
    ['an emptied log', (home) => writeFile(pathOf(home), '')],
    ['a removed log', (home) => rm(pathOf(home))],
    ['a removed head', (home) => rm(headOf(home))],
    ['a damaged head', (home) => writeFile(headOf(home), '{"count":1')],
  ];

  test.for(damages)('by %s is noticed, also after more was added', async ([, damage], { folder }) => {
    const log = await logOf(folder, 6);
    await damage(folder);
    expect((await log.list(all)).intact).toBe(false);
    for (const action of ['after', 'and on']) await log.append({ action, detail: '', outcome: 'done' });
    const { intact, entries } = await log.list(all);
    expect(intact).toBe(false);
    expect(entries.slice(0, 2).map(({ action }) => action)).toEqual(['and on', 'after']);
  });

  test('by a line end cut off is noticed, until the next entry mends it', async ({ folder }) => {
    const log = await logOf(folder, 2);
    await truncate(pathOf(folder), (await stat(pathOf(folder))).size - 1);
    expect((await log.list(all)).intact).toBe(false);
    await log.append({ action: 'after', detail: '', outcome: 'done' });
    expect(await log.list(all)).toMatchObject({ intact: true, entries: { length: 3 } });
  });

  test('leaves the entries beside it to read', async ({ folder }) => {
    const log = await logOf(folder, 4);
    await rewrite(folder, (lines) => lines.with(1, 'noise'));
    expect(await actionsOf(log)).toEqual(['step 4 done', 'step 3 done', 'step 1 done']);
  });
});

describe('after a crash', () => {
  test('before the head was written, the last entry counts and the log is intact', async ({ folder }) => {
    const log = await logOf(folder, 3);
    const head = await readFile(headOf(folder));
    await log.append({ action: 'last', detail: '', outcome: 'done' });
    await writeFile(headOf(folder), head);
    expect(await log.list(all)).toMatchObject({ intact: true, entries: { length: 4 } });
    await log.append({ action: 'next', detail: '', outcome: 'done' });
    expect(await log.list(all)).toMatchObject({ intact: true, entries: { length: 5 } });
  });

  test('within the very first entry, or before its head, the log is intact', async ({ folder }) => {
    const log = await logOf(folder, 1);
    await rm(headOf(folder));
    expect(await log.list(all)).toMatchObject({ intact: true, entries: { length: 1 } });
    const [line = ''] = await linesOf(folder);
    await writeFile(pathOf(folder), line.slice(0, 40));
    expect(await log.list(all)).toEqual({ intact: true, entries: [] });
    await log.append({ action: 'next', detail: '', outcome: 'done' });
    expect(await log.list(all)).toMatchObject({ intact: true, entries: { length: 1 } });
  });

  test('within an entry, its piece is dropped and the log is intact', async ({ folder }) => {
    const log = await logOf(folder, 3);
    await appendFile(pathOf(folder), '{"entry":{"action":"half wri');
    expect(await log.list(all)).toMatchObject({ intact: true, entries: { length: 3 } });
    await log.append({ action: 'next', detail: '', outcome: 'done' });
    expect(await actionsOf(log)).toEqual(['next', 'step 3 done', 'step 2 done', 'step 1 done']);
    expect((await log.list(all)).intact).toBe(true);
  });
});

async function rewrite(home: string, change: (lines: string[]) => string[]): Promise<void> {
  const lines = change(await linesOf(home));
  await writeFile(pathOf(home), lines.map((line) => `${line}\n`).join(''));
}
