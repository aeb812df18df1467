import { describe, expect, test } from 'vitest';
import { prepareVault, type Vault } from '#test/support/databases/vault';
import { type OwnServer, startOwnServer } from '#test/support/postgres/own-server';

const none = { from: 20, to: 0 };
const all = { from: 0, to: 20 };

/** Keel and the server die while Keel waits for the lock, and the server then gives its transaction's number to others. */
async function dieWaiting(vault: Vault, server: OwnServer, url?: string): Promise<void> {
  const ballast = await vault.connect();
  await ballast.query('BEGIN; LOCK TABLE vault IN ROW EXCLUSIVE MODE');
  let dying: Promise<void> | undefined;
  const killed = await vault.rotate(
    ['--lock-timeout', '60000'],
    {
      onTalk: (talk, kill) => {
        if (!talk.includes('locking …')) return;
        dying ??= new Promise((done) => {
          setTimeout(done, 300);
        }).then(() => {
          kill('SIGKILL');
          return server.stop('immediate');
        });
      },
    },
    url,
  );
  expect(killed.status).toBeNull();
  await dying;
  await server.start();
  const [record] = await vault.records();
  expect(record).toMatchObject({ state: 'cutover' });
  const client = await vault.connect();
  for (let xid = 0n; xid < BigInt(record.cutover.xid) + 2n; ) {
    xid = BigInt((await client.query('SELECT pg_current_xact_id()::text AS xid')).rows[0].xid);
  }
  await client.end();
}

describe.concurrent('a server that crashed with Keel', () => {
  test('and gave the transaction’s number to others does not make recover name the new key', async () => {
    await using server = await startOwnServer();
    await using vault = await prepareVault({ server: server.url });
    await dieWaiting(vault, server);
    const { from } = vault.fingerprints;
    expect(await vault.recover()).toMatchObject({
      status: 0,
      json: {
        recovered: [{ outcome: 'rolled-back' }],
        active: { fingerprint: from },
        database: from,
        ballast: from,
      },
    });
    expect(await vault.opened()).toEqual(none);
    expect((await vault.rotate()).status).toBe(0);
    expect(await vault.opened()).toEqual(all);
  });

  test('is asked by the rows themselves where no journal can be expected', async () => {
    await using server = await startOwnServer();
    await using vault = await prepareVault({
      server: server.url,
      setup: `CREATE ROLE ana LOGIN; ALTER TABLE vault OWNER TO ana; CREATE SCHEMA keel`,
    });
    const url = server.url.replace('postgres@', 'ana@');
    await dieWaiting(vault, server, url);
    const { from } = vault.fingerprints;
    expect(await vault.recover([], {}, url)).toMatchObject({
      status: 0,
      json: { recovered: [{ outcome: 'rolled-back' }], active: { fingerprint: from }, ballast: from },
    });
    expect(await vault.opened()).toEqual(none);
  });

  test('right after a commit keeps it, also where the database answers before it is on disk', async () => {
    await using server = await startOwnServer(['wal_writer_delay=10000', 'synchronous_commit=off']);
    await using vault = await prepareVault({
      server: server.url,
      setup: `ALTER DATABASE postgres SET synchronous_commit = off`,
    });
    let stopping: Promise<void> | undefined;
    const run = await vault.rotate([], {
      onTalk: (talk) => {
        if (talk.includes('committed …')) stopping ??= server.stop('immediate');
      },
    });
    expect(stopping, run.stdout + run.stderr).toBeDefined();
    await stopping;
    await server.start();
    expect(await vault.opened()).toEqual(all);
    expect(await vault.recover()).toMatchObject({ status: 0, json: { ballast: vault.fingerprints.to } });
  });
});

describe.concurrent('a database restored to a state from before its rotation', () => {
  test('makes recover correct the key ring, and the next rotation works', async () => {
    await using server = await startOwnServer();
    await using vault = await prepareVault({ server: server.url });
    const { from, to } = vault.fingerprints;
    await server.stop('fast');
    await server.saveData();
    await server.start();
    expect((await vault.rotate()).status).toBe(0);
    expect(await vault.recover()).toMatchObject({ status: 0, json: { ballast: to, database: to } });
    await server.stop('immediate');
    await server.restoreData();
    await server.start();
    // nobody can be asked, so the key ring stays
    expect(await vault.recover()).toMatchObject({
      status: 3,
      json: { ok: false, active: { fingerprint: to }, database: from, ballast: from },
    });
    expect(await vault.recover(['--yes'])).toMatchObject({
      status: 0,
      json: {
        recovered: [],
        corrected: { from: to, to: from },
        active: { fingerprint: from, verdict: 'correct' },
        database: from,
        ballast: from,
      },
    });
    expect(await vault.run(['undo', '--yes'])).toMatchObject({
      status: 4,
      json: { error: { code: 'nothing-to-undo' } },
    });
    expect((await vault.rotate()).status).toBe(0);
    expect(await vault.opened()).toEqual(all);
  });
});
