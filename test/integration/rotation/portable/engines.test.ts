import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { stagingColumns } from '#test/support/databases/staged-rows';
import { prepareVault } from '#test/support/databases/vault';
import { type Refusals, refusals, startEngineProxy } from '#test/support/postgres/engine-proxy';
import { banners, playBanner } from '#test/support/postgres/played-engine';

// A PostgreSQL server that says that it is another engine, behind a proxy that refuses what that engine's documentation says it refuses.
// None of those engines was run.

const killAt = join(import.meta.dirname, '../../../support/processes/kill-at.mjs');
const killedAt = (step: string) => ({ preload: killAt, env: { KEEL_KILL_AT: step, KEEL_KILL_AFTER: '0' } });

async function played(engine: keyof typeof refusals, more: Refusals = {}) {
  const vault = await prepareVault();
  const client = await vault.connect();
  await playBanner(client as never, banners[engine]);
  await client.end();
  const proxy = await startEngineProxy(vault.url, { ...refusals[engine], ...more });
  return {
    vault,
    proxy,
    url: proxy.url,
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]();
      await vault[Symbol.asyncDispose]();
    },
  };
}

const engines = Object.keys(refusals) as (keyof typeof refusals)[];

describe.concurrent.for(engines)('on %s', (engine) => {
  test('preflight chooses the portable way by itself and says why; rehearsal, rotation and undo work', async () => {
    await using scene = await played(engine);
    const { vault, url } = scene;
    const rehearsed = await vault.rotate(['--rehearse'], {}, url);
    expect(rehearsed.json).toMatchObject({
      ok: true,
      rotation: {
        rehearsal: true,
        rows: 20,
        warnings: expect.arrayContaining([
          expect.objectContaining({
            code: 'portable',
            message: expect.stringMatching(/\(untested\); rows are rewritten in the portable way: it/),
          }),
        ]),
      },
    });
    expect(await vault.opened()).toEqual({ from: 20, to: 0 });

    expect((await vault.rotate([], {}, url)).json).toMatchObject({ ok: true, rotation: { rows: 20 } });
    expect(await vault.opened()).toEqual({ from: 0, to: 20 });
    expect(await vault.records()).toMatchObject([
      { state: 'committed', cutover: { portable: true, place: 'schema', xid: '0' } },
    ]);

    const undone = await vault.run(['undo', '--yes', '--accept', 'other-sessions'], {}, url);
    expect(undone.json).toMatchObject({ ok: true, rotation: { rows: 20 } });
    expect(await vault.opened()).toEqual({ from: 20, to: 0 });
    expect(scene.proxy.refused).toEqual([]);
  });

  test('recover tells what became of a killed rotation, before and after COMMIT, and the next one works', async () => {
    await using scene = await played(engine);
    const { vault, url } = scene;
    expect((await vault.rotate([], killedAt('verifying'), url)).status).toBeNull();
    expect(await vault.recover([], {}, url)).toMatchObject({
      status: 0,
      json: { ok: true, recovered: [{ outcome: 'rolled-back' }] },
    });
    expect(await vault.opened()).toEqual({ from: 20, to: 0 });
    expect((await vault.rotate([], killedAt('committed'), url)).status).toBeNull();
    expect(await vault.recover([], {}, url)).toMatchObject({
      status: 0,
      json: { ok: true, recovered: [{ outcome: 'committed' }], ballast: vault.fingerprints.to },
    });
    expect(await vault.opened()).toEqual({ from: 0, to: 20 });
    expect((await vault.run(['sweep'], {}, url)).json).toMatchObject({ stragglers: 0 });
    expect(scene.proxy.refused).toEqual([]);
  });
});

test('where no lock shows who is at work, recover leaves the staging tables of another machine', async () => {
  await using scene = await played('cockroach');
  const { vault, url } = scene;
  const client = await vault.connect();
  await client.query(`CREATE SCHEMA keel; CREATE TABLE keel.staged_0badcafe_1 ${stagingColumns}`);
  expect((await vault.rotate([], killedAt('verifying'), url)).status).toBeNull();
  const staged = `SELECT relname FROM pg_class WHERE relname LIKE 'staged\\_%'`;
  expect((await client.query(staged)).rows).toHaveLength(2);
  expect(await vault.recover([], {}, url)).toMatchObject({
    json: {
      dropped: 1,
      undropped: {
        tables: ['keel.staged_0badcafe_1'],
        reason: expect.stringContaining('whether another machine is running one'),
      },
    },
  });
  expect((await client.query(staged)).rows).toEqual([{ relname: 'staged_0badcafe_1' }]);
  await client.end();
});

test('where an engine cannot end the sessions of a killed rotation, recover tries both keys on the rows', async () => {
  const ending = { 'ending a session': /\bpg_terminate_backend\b/ };
  await using scene = await played('cockroach', ending);
  const { vault, url, proxy } = scene;
  expect((await vault.rotate([], killedAt('verifying'), url)).status).toBeNull();
  expect(await vault.recover([], {}, url)).toMatchObject({
    status: 0,
    json: { ok: true, recovered: [{ outcome: 'rolled-back' }], ballast: vault.fingerprints.from },
  });
  expect(proxy.refused).toContain('ending a session');
  expect(await vault.opened()).toEqual({ from: 20, to: 0 });
  expect((await vault.rotate([], killedAt('committed'), url)).status).toBeNull();
  expect(await vault.recover([], {}, url)).toMatchObject({
    status: 0,
    json: { ok: true, recovered: [{ outcome: 'committed' }], ballast: vault.fingerprints.to },
  });
});
