import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { drawn } from '#test/support/how-often';
import { createTestDatabase, type TestDatabase } from '#test/support/postgres/test-database';
import { KeelFolder, type KeelRun } from '#test/support/processes/keel-process';

const preload = join(import.meta.dirname, '../../faults/inject/files.mjs');

/** Adds an environment; file operation `at` fails, and none where it is 0. */
async function addWhere(
  folder: KeelFolder,
  database: TestDatabase,
  at: number,
): Promise<{ run: KeelRun; count: number }> {
  const command = [
    'env',
    'add',
    'staging',
    '--database',
    database.url,
    '--keep-keys-in',
    'sealed-file',
    '--json',
  ];
  const report = join(folder.path, 'report');
  const env = {
    KEEL_FILE_FAULT: JSON.stringify({ kind: 'bad-disk', at, report }),
    KEEL_PASSPHRASE: 'five random words for a test',
  };
  const run = await folder.run(command, { preload, env });
  const { count } = JSON.parse(await readFile(report, 'utf8')) as { count: number };
  return { run, count };
}

describe('one file operation that fails', { timeout: 240_000 }, () => {
  test('leaves no temporary file and no lock, and what is said of it holds', async () => {
    await using database = await createTestDatabase();
    await using whole = await KeelFolder.create();
    const { run, count } = await addWhere(whole, database, 0);
    expect(run.status, run.stdout).toBe(0);
    const each = Array.from({ length: count }, (_, i) => i + 1);
    for (const at of drawn(12, each)) {
      await using folder = await KeelFolder.create();
      const struck = await addWhere(folder, database, at);
      const said = `operation ${at} of ${count}: ${struck.run.stdout}${struck.run.stderr}`;
      const names = await readdir(join(folder.path, 'home'), { recursive: true }).catch(() => []);
      expect(
        names.filter((name) => /\.(tmp|lock|clear)$/.test(name)),
        said,
      ).toEqual([]);
      if (struck.run.status === 0) continue;
      expect(struck.run.json.error.code, said).not.toBe('internal');
      const listed = await folder.run(['env', 'list', '--json']);
      if (/nothing changed/.test(said)) expect(JSON.stringify(listed.json), said).not.toContain('staging');
    }
  });
});
