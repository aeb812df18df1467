import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createForeignDatabase, readPlaintexts } from '#test/support/databases/foreign-database';
import { stagingColumns } from '#test/support/databases/staged-rows';
import { KeelFolder } from '#test/support/processes/keel-process';
import { connectPlainly } from '#test/support/postgres/test-database';

const killAt = join(import.meta.dirname, '../../../support/processes/kill-at.mjs');

async function prepare(options: { strangers?: number } = {}) {
  const database = await createForeignDatabase(options);
  const folder = await KeelFolder.create();
  const from = await folder.file('from.key', database.from.toString('base64'));
  const to = await folder.file('to.key', database.to.toString('base64'));
  return {
    database,
    folder,
    rotate: (env: Record<string, string> = {}) =>
      folder.run(
        [
          ...['rotate', '--json', '--yes', '--accept', 'other-sessions', '--exclude', 'tok.acc'],
          ...['--database', database.url, '--from-key-file', from, '--to-key-file', to],
        ],
        { env, preload: killAt },
      ),
    recover: () =>
      folder.run(['recover', '--json', '--database', database.url, '--keep-keys-in', 'own-files']),
    [Symbol.asyncDispose]: async () => {
      await folder[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}

/** The rotation records, each rewritten by `change`. */
async function changeRecords(folder: KeelFolder, change: (record: any) => void): Promise<void> {
  const names = await readdir(folder.path, { recursive: true });
  for (const name of names.filter((name) => /rotations\/.+\.json$/.test(name))) {
    const path = join(folder.path, name);
    const record = JSON.parse(await readFile(path, 'utf8'));
    change(record);
    await writeFile(path, JSON.stringify(record));
  }
}

describe.concurrent('recover', () => {
  test('leaves the staging tables of a rotation that another machine is running', async () => {
    await using scene = await prepare();
    const { url, client } = scene.database;
    const other = await connectPlainly(url);
    await other.query('SELECT pg_advisory_lock(1801807212, 1)');
    await other.query(`CREATE SCHEMA keel; CREATE UNLOGGED TABLE keel.staged_0123abcd_0 ${stagingColumns}`);
    expect(await scene.recover()).toMatchObject({ status: 4, json: { error: { code: 'rotation-running' } } });
    const kept = await client.query("SELECT to_regclass('keel.staged_0123abcd_0') IS NOT NULL AS there");
    expect(kept.rows[0].there).toBe(true);
    await other.end();
    expect(await scene.recover()).toMatchObject({ status: 0, json: { ok: true, dropped: 1 } });
  });

  test('is not put off by another program that has got the process number of a killed rotation', async () => {
    await using scene = await prepare();
    const killed = await scene.rotate({ KEEL_KILL_AT: 'locking', KEEL_KILL_AFTER: '0' });
    expect(killed.status).toBeNull();
    // this test's own process is alive, and no rotation
    await changeRecords(scene.folder, (record) => (record.process.pid = process.pid));
    expect(await scene.recover()).toMatchObject({
      status: 0,
      json: { ok: true, recovered: [{ outcome: 'rolled-back' }] },
    });
  });

  test('does not hold values that were excluded by name against the active key', async () => {
    await using scene = await prepare({ strangers: 3 });
    const { client, from, to, stranger } = scene.database;
    const before = await readPlaintexts(client, from, stranger);
    expect((await scene.rotate()).status).toBe(0);
    expect(await scene.recover()).toMatchObject({ status: 0, json: { active: { verdict: 'correct' } } });
    expect(await readPlaintexts(client, to, stranger)).toEqual(before);
  });
});
