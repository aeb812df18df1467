import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createForeignDatabase, readPlaintexts } from '#test/support/databases/foreign-database';
import { KeelFolder } from '#test/support/processes/keel-process';

const breakAt = join(import.meta.dirname, '../../support/processes/break-at.mjs');

test('what breaks right after COMMIT is told as a committed rotation, and nothing is left to recover', async () => {
  await using database = await createForeignDatabase();
  await using folder = await KeelFolder.create();
  const { client, url, from, to } = database;
  const before = await readPlaintexts(client, from);
  const run = await folder.run(
    [
      ...['rotate', '--json', '--yes', '--accept', 'other-sessions', '--database', url],
      ...['--from-key-file', await folder.file('from.key', from.toString('base64'))],
      ...['--to-key-file', await folder.file('to.key', to.toString('base64'))],
    ],
    { preload: breakAt, env: { KEEL_BREAK_AT: 'committed' } },
  );
  expect(run).toMatchObject({ status: 1, json: { error: { code: 'rotation-unsettled' } } });
  expect(run.json.error.message).toMatch(/was committed.*the terminal is gone/);
  expect(await readPlaintexts(client, to)).toEqual(before);
  expect(await folder.run(['recover', '--json', '--database', url])).toMatchObject({
    status: 0,
    json: { recovered: [], active: { verdict: 'correct' } },
  });
});
