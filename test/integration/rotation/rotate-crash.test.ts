import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { parseEncryptionKey } from '#crypto/encryption-key';
import {
  createForeignDatabase,
  type ForeignDatabase,
  readEveryBit,
  readPlaintexts,
} from '#test/support/databases/foreign-database';
import { drawn } from '#test/support/how-often';
import { KeelFolder } from '#test/support/processes/keel-process';
import { startSeveringProxy } from '#test/support/postgres/severing-proxy';

const killAt = join(import.meta.dirname, '../../support/processes/kill-at.mjs');
const fingerprint = (key: Buffer) => parseEncryptionKey(key.toString('base64')).fingerprint;

interface Scene extends AsyncDisposable {
  readonly database: ForeignDatabase;
  readonly folder: KeelFolder;
  readonly rotate: (url: string) => string[];
}

/** The inventory of every scene: their databases differ in nothing but their values and keys. */
let inventoryText = '';
beforeAll(async () => {
  await using database = await createForeignDatabase();
  await using folder = await KeelFolder.create();
  const key = await folder.file('from.key', database.from.toString('base64'));
  const inventory = join(folder.path, 'inventory.json');
  const target = ['--database', database.url, '--key-file', key];
  const found = await folder.run(['discover', ...target, '--out', inventory]);
  expect(found.status, found.stderr).toBe(0);
  inventoryText = await readFile(inventory, 'utf8');
});

async function prepare(rows: number): Promise<Scene> {
  const database = await createForeignDatabase({ rows });
  const folder = await KeelFolder.create();
  const from = await folder.file('from.key', database.from.toString('base64'));
  const to = await folder.file('to.key', database.to.toString('base64'));
  const inventory = await folder.file('inventory.json', inventoryText);
  return {
    database,
    folder,
    rotate: (url) => [
      ...['rotate', '--json', '--yes', '--accept', 'other-sessions', '--database', url],
      ...['--inventory', inventory, '--from-key-file', from, '--to-key-file', to],
    ],
    [Symbol.asyncDispose]: async () => {
      await folder[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}

/** Asserts that the database is wholly under the key that the recovery names, and that the key ring gives that key. */
async function assertWhole(
  { database, folder }: Scene,
  before: readonly string[],
  url: string,
): Promise<'old' | 'new'> {
  const recovered = await folder.run(['recover', '--database', url, '--json']);
  expect(recovered).toMatchObject({ status: 0, json: { ok: true, active: { verdict: 'correct' } } });
  const active = recovered.json.active.fingerprint as string;
  const which = active === fingerprint(database.from) ? 'old' : 'new';
  expect(active).toBe(fingerprint(which === 'old' ? database.from : database.to));
  expect(await readPlaintexts(database.client, which === 'old' ? database.from : database.to)).toEqual(
    before,
  );
  const again = await folder.run(['recover', '--database', url, '--json']);
  expect(again.json).toMatchObject({ ok: true, recovered: [], dropped: 0, active: { fingerprint: active } });
  return which;
}

const kills = [
  ['staging', 0, 'old'],
  ['staging', 40, 'old'],
  ['locking', 0, 'old'],
  ['cutover', 0, 'old'],
  ['cutover', 3, 'old'],
  ['delta', 0, 'old'],
  ['verifying', 0, 'old'],
  ['verifying', 3, 'old'],
  ['committing', 0, 'old'],
  ['committing', 1, 'either'],
  ['committing', 3, 'either'],
  ['committed', 0, 'new'],
] as const;

describe.concurrent('a process killed', () => {
  test.for(drawn(4, kills))(
    'at “%s” + %i ms leaves the database wholly %s, and recover says which',
    async ([step, after, expected]) => {
      await using scene = await prepare(100);
      const { database, folder, rotate } = scene;
      const before = await readPlaintexts(database.client, database.from);
      const killed = await folder.run(rotate(database.url), {
        preload: killAt,
        env: { KEEL_KILL_AT: step, KEEL_KILL_AFTER: String(after) },
      });
      if (after === 0) expect(killed.status).toBeNull();
      const which = await assertWhole(scene, before, database.url);
      if (expected === 'either') return;
      // a kill that came too late finds the rotation done, and that is right too
      if (killed.status === null && after === 0) expect(which).toBe(expected);
      // after an unfinished rotation, the next one works
      if (which === 'old') {
        expect((await folder.run(rotate(database.url))).status).toBe(0);
        expect(await readPlaintexts(database.client, database.to)).toEqual(before);
      }
    },
  );
});

describe.concurrent('a connection lost', () => {
  test('when COMMIT was sent and its answer did not come back is settled by asking the database', async () => {
    await using scene = await prepare(50);
    const { database, folder, rotate } = scene;
    const before = await readPlaintexts(database.client, database.from);
    await using proxy = await startSeveringProxy(database.url, { statement: 'COMMIT', forward: true });
    const rotated = await folder.run(rotate(proxy.url));
    expect(proxy.severed).toBe(true);
    expect(rotated).toMatchObject({ status: 0, json: { ok: true } });
    expect(await assertWhole(scene, before, proxy.url)).toBe('new');
  });

  test('before COMMIT arrived changes nothing, and says so', async () => {
    await using scene = await prepare(50);
    const { database, folder, rotate } = scene;
    const before = await readPlaintexts(database.client, database.from);
    const bits = await readEveryBit(database.client);
    await using proxy = await startSeveringProxy(database.url, { statement: 'COMMIT', forward: false });
    const rotated = await folder.run(rotate(proxy.url));
    expect(proxy.severed).toBe(true);
    expect(rotated).toMatchObject({ status: 1, json: { ok: false, error: { code: 'connection-lost' } } });
    expect(await readEveryBit(database.client)).toEqual(bits);
    expect(await assertWhole(scene, before, proxy.url)).toBe('old');
  });

  test('with COMMIT sent and the server out of reach leaves it open until recover can ask', async () => {
    await using scene = await prepare(50);
    const { database, folder, rotate } = scene;
    const before = await readPlaintexts(database.client, database.from);
    const proxy = await startSeveringProxy(database.url, {
      statement: 'COMMIT',
      forward: true,
      forGood: true,
    });
    const rotated = await folder.run(rotate(proxy.url));
    expect(rotated).toMatchObject({ status: 1, json: { ok: false, error: { code: 'rotation-unsettled' } } });
    expect(rotated.json.error.remedy).toContain('keel recover');
    // the environment is that of the address: the server is back at the same one
    await proxy.reopen();
    const refused = await folder.run(['undo', '--yes', '--json', '--database', proxy.url]);
    expect(refused.json).toMatchObject({ error: { code: 'rotation-unsettled' } });
    expect(await assertWhole(scene, before, proxy.url)).toBe('new');
    await proxy[Symbol.asyncDispose]();
  });
});
