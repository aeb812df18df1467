import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { KeelFolder } from '#test/support/processes/keel-process';
import { createTestDatabase } from '#test/support/postgres/test-database';

const env = { KEEL_PASSPHRASE: 'five random words for a test' };

test('a check is made and told where the record of earlier ones cannot be read, and says what became of the record', async () => {
  await using folder = await KeelFolder.create();
  await using database = await createTestDatabase();
  const add = ['env', 'add', 'acme', '--database', database.url, '--keep-keys-in', 'sealed-file'];
  expect(await folder.run(add, { env })).toMatchObject({ status: 0 });
  const check = () => folder.run(['posture', '--env', 'acme', '--json'], { env });
  const first = await check();
  expect(first.json.recordFault).toBeUndefined();
  const environments = join(folder.path, 'home/environments');
  const [name = ''] = await readdir(environments);
  const record = join(environments, name, 'posture-runs.json');

  for (const [number, damaged] of ['{"version":1,"runs":[{"at":', '', '[]'].entries()) {
    await writeFile(record, damaged);
    const run = await check();
    expect([run.status, run.json.counts]).toEqual([first.status, first.json.counts]);
    const aside = `${record}.damaged${number === 0 ? '' : `-${number + 1}`}`;
    expect(run.json.recordFault).toBe(
      `the record of earlier checks is damaged; it was kept as ${aside}, and a new record begins with this check`,
    );
    expect(run.stderr).toContain(`kept as ${aside}`);
    expect(await readFile(aside, 'utf8')).toBe(damaged);
    expect(JSON.parse(await readFile(record, 'utf8')).runs).toHaveLength(1);
  }

  const newer = JSON.stringify({ version: 7, writtenBy: '19.2.0', runs: 'different' });
  await writeFile(record, newer);
  const run = await check();
  expect([run.status, run.json.counts]).toEqual([first.status, first.json.counts]);
  expect(run.json.recordFault).toMatch(
    /^this check was not added to the record of checks: .*written by Keel 19\.2\.0/,
  );
  expect(await readFile(record, 'utf8')).toBe(newer);
  expect((await readdir(dirname(record))).filter((one) => one.includes('.damaged'))).toHaveLength(3);
});
