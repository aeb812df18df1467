import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  createForeignDatabase,
  readEveryBit,
  readPlaintexts,
} from '#test/support/databases/foreign-database';
import { KeelFolder } from '#test/support/processes/keel-process';

const diskFullAt = join(import.meta.dirname, '../../support/processes/disk-full-at.mjs');

async function prepare() {
  const database = await createForeignDatabase();
  const folder = await KeelFolder.create();
  const from = await folder.file('from.key', database.from.toString('base64'));
  const to = await folder.file('to.key', database.to.toString('base64'));
  return {
    database,
    rotateWithDiskFullAt: (step: string) =>
      folder.run(
        [
          ...['rotate', '--json', '--yes', '--accept', 'other-sessions', '--database', database.url],
          ...['--from-key-file', from, '--to-key-file', to],
        ],
        { preload: diskFullAt, env: { KEEL_FULL_AT: step } },
      ),
    recover: () => folder.run(['recover', '--json', '--database', database.url]),
    [Symbol.asyncDispose]: async () => {
      await folder[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}

describe.concurrent('a disk of this machine that is full', () => {
  test('after COMMIT does not make Keel say that nothing changed, and recover catches up', async () => {
    await using scene = await prepare();
    const { client, from, to } = scene.database;
    const before = await readPlaintexts(client, from);
    const run = await scene.rotateWithDiskFullAt('committed');
    expect(run).toMatchObject({ status: 1, json: { error: { code: 'rotation-unsettled' } } });
    expect(run.json.error.message).toMatch(/was committed.*disk is full/);
    expect(run.json.error.message).not.toMatch(/nothing (was )?changed/);
    expect(run.json.error.remedy).toMatch(/new key.*keel recover/);
    expect(await readPlaintexts(client, to)).toEqual(before);
    expect(await scene.recover()).toMatchObject({
      status: 0,
      json: { recovered: [{ outcome: 'committed' }], active: { verdict: 'correct' } },
    });
  });

  test('before the cutover stops it, and is named as the reason', async () => {
    await using scene = await prepare();
    const bits = await readEveryBit(scene.database.client);
    const run = await scene.rotateWithDiskFullAt('staging');
    expect(run).toMatchObject({ status: 1, json: { error: { code: 'file-unwritable' } } });
    expect(await readEveryBit(scene.database.client)).toEqual(bits);
    expect(await scene.recover()).toMatchObject({
      status: 0,
      json: { recovered: [{ outcome: 'rolled-back' }], active: { verdict: 'correct' } },
    });
  });
});
