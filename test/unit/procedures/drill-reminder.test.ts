import { expect, test } from 'vitest';
import { remindOfDrills } from '#procedures/backup/drill-reminder';
import type { Workspaces } from '#procedures/workspaces';

const now = new Date('2026-11-24T12:00:00.000Z');
const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000).toISOString();

/** Environments whose active keys were proven so many days ago, and what is told of them. */
async function remindersOf(provenDaysAgo: readonly number[], mayNotify = true): Promise<string[]> {
  const reported: string[] = [];
  const workspaces = provenDaysAgo.map((days) => ({
    readRing: async () => ({
      version: 1,
      keys: [
        { state: 'active', proofs: [{ artefact: 'age-file', location: '/a', provenAt: daysAgo(days) }] },
      ],
    }),
    [Symbol.dispose]: () => undefined,
  }));
  await remindOfDrills({
    workspaces: { list: async () => ({ workspaces, damaged: [] }) } as unknown as Workspaces,
    native: { notify: (title) => void reported.push(title) },
    everyDays: () => 90,
    mayNotify: () => mayNotify,
    now: () => now,
  });
  return reported;
}

test('a drill that is overdue is told of once at the start, one that is not yet due never', async () => {
  expect(await remindersOf([3, 89])).toEqual([]);
  expect(await remindersOf([3, 91])).toEqual(['A backup is due for a test restore']);
  expect(await remindersOf([90, 400, 1])).toEqual(['2 backups are due for a test restore']);
});

test('nobody is told who wants no notifications', async () => {
  expect(await remindersOf([400], false)).toEqual([]);
});
