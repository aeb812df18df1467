import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { exportActivity, formOf } from '#audit/activity-export';
import { type ActivityLog, openActivityLog } from '#audit/activity-log';
import { test } from '#test/support/temp-folder';

async function logOf(folder: string, details: readonly string[]): Promise<ActivityLog> {
  const log = openActivityLog(folder, () => new Date('2026-11-24T10:00:00.000Z'));
  for (const detail of details) {
    await log.append({ action: 'key generated', detail, outcome: 'done', environment: 'acme' });
  }
  return log;
}

describe('an export of the log', () => {
  test('is a JSON object a line, or a table where the name says so, each with its hash', async ({
    folder,
  }) => {
    const { lines } = await (await logOf(folder, ['stored, "read back"', '=1+1'])).examine();
    expect([formOf('/x/log.csv'), formOf('/x/log.CSV'), formOf('/x/log.jsonl'), formOf('/csv')]).toEqual([
      'csv',
      'csv',
      'jsonl',
      'jsonl',
    ]);
    const objects = exportActivity(lines, 'jsonl').trimEnd().split('\n');
    expect(objects.map((line) => JSON.parse(line))).toEqual(
      lines.map(({ entry, hash }) => ({ ...entry, hash })),
    );
    const table = exportActivity(lines, 'csv').split('\r\n');
    expect(table[0]).toBe('at,environment,action,detail,outcome,fingerprint,hash');
    expect(table[1]).toBe(
      `2026-11-24T10:00:00.000Z,acme,key generated,"stored, ""read back""",done,,${lines[0]?.hash}`,
    );
    // no spreadsheet takes it for a formula
    expect(table[2]).toContain(",'=1+1,");
    expect(table).toHaveLength(4);
  });
});

describe('an examination of the log', () => {
  const details = ['one', 'two', 'three', 'four'];

  test('finds a log as it was written whole', async ({ folder }) => {
    const { lines, trouble } = await (await logOf(folder, details)).examine();
    expect(lines.map(({ entry }) => entry.detail)).toEqual(details);
    expect(trouble).toBeUndefined();
  });

  test.for([
    ['an altered entry', (rows: string[]) => rows.map((row) => row.replace('"two"', '"zwei"')), 2],
    ['a removed entry', (rows: string[]) => rows.filter((_, i) => i !== 1), 2],
    ['entries in another order', ([a, b, c, ...rest]: string[]) => [a, c, b, ...rest] as string[], 2],
    ['a line that is no entry', ([a, , ...rest]: string[]) => [a, 'nonsense', ...rest] as string[], 2],
    ['an end that was cut off', (rows: string[]) => [...rows.slice(0, 3), ''], 4],
    [
      'an entry written twice at the end',
      (rows: string[]) => [...rows.slice(0, 4), rows[3], ''] as string[],
      5,
    ],
  ] as const)('names the first bad entry: %s', async ([, alter, line], { folder }) => {
    const log = await logOf(folder, details);
    const path = join(folder, 'activity.jsonl');
    await writeFile(path, alter((await readFile(path, 'utf8')).split('\n')).join('\n'));
    expect((await log.examine()).trouble).toMatchObject({ line, what: expect.any(String) });
  });
});
