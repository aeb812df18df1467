import { describe, expect, test } from 'vitest';
import { prepareVault, type Vault } from '#test/support/databases/vault';
import { startStallingProxy } from '#test/support/postgres/stalling-proxy';
import { connectPlainly, sharedServerUrl, urlOf } from '#test/support/postgres/test-database';

const none = { from: 20, to: 0 };

/** Somebody holds a lock that the cutover has to wait for; the rotation is then made to wait with `act`. */
async function whileWaiting(
  vault: Vault,
  url: string,
  act: (kill: (signal: NodeJS.Signals) => void) => void,
  more: readonly string[] = [],
) {
  const ballast = await vault.connect();
  await ballast.query('BEGIN; LOCK TABLE vault IN ROW EXCLUSIVE MODE');
  let acted: Promise<number> | undefined;
  const run = await vault.rotate(
    ['--lock-timeout', '300000', ...more],
    {
      onTalk: (talk, kill) => {
        if (!talk.includes('locking …')) return;
        acted ??= new Promise<void>((done) => {
          setTimeout(done, 1_000);
        }).then(() => {
          act(kill);
          return Date.now();
        });
      },
    },
    url,
  );
  const tookMs = Date.now() - ((await acted) ?? Number.NaN);
  await ballast.query('ROLLBACK');
  await ballast.end();
  return { ...run, tookMs };
}

/** Sessions of Keel's on the database of the vault. */
async function keelSessions(vault: Vault): Promise<number> {
  const client = await vault.connect();
  const { rows } = await client.query(
    `SELECT count(*)::int AS count FROM pg_stat_activity
     WHERE datname = current_database() AND application_name LIKE 'keel %'`,
  );
  await client.end();
  return rows[0].count;
}

describe.concurrent('a line that', () => {
  test('lost its near end without the server knowing leaves no session of the rotation, and recover works', async () => {
    await using vault = await prepareVault();
    await using proxy = await startStallingProxy(vault.url);
    const run = await whileWaiting(vault, proxy.url, () => proxy.loseNearEnds());
    expect(run).toMatchObject({ status: 1, json: { error: { code: 'connection-lost' } } });
    expect(await keelSessions(vault)).toBe(0);
    expect(await vault.recover([], {}, proxy.url)).toMatchObject({
      status: 0,
      json: { ballast: vault.fingerprints.from },
    });
    expect(await vault.opened()).toEqual(none);
  });

  test('lost its near end as Keel was killed is cleared by recover, whatever the record says', async () => {
    await using vault = await prepareVault();
    await using proxy = await startStallingProxy(vault.url);
    const run = await whileWaiting(vault, proxy.url, (kill) => {
      proxy.loseNearEnds();
      kill('SIGKILL');
    });
    expect(run.status).toBeNull();
    expect(await vault.recover([], {}, proxy.url)).toMatchObject({
      status: 0,
      json: { recovered: [{ outcome: 'rolled-back' }], ballast: vault.fingerprints.from },
    });
    expect(await keelSessions(vault)).toBe(0);
  });

  test('stalls is given up', async () => {
    await using vault = await prepareVault();
    await using proxy = await startStallingProxy(vault.url);
    const url = `${proxy.url}&connect_timeout=5`;
    const run = await whileWaiting(vault, url, () => proxy.stall());
    expect(run).toMatchObject({ status: 1, json: { error: { code: 'connection-lost' } } });
    expect(await vault.opened()).toEqual(none);
  });
});

describe.concurrent('Ctrl-C', () => {
  test('ends a rotation over a line that stalls, as cancelled', async () => {
    await using vault = await prepareVault();
    await using proxy = await startStallingProxy(vault.url);
    const url = `${proxy.url}&connect_timeout=5`;
    const run = await whileWaiting(vault, url, (kill) => {
      proxy.stall();
      kill('SIGINT');
    });
    expect(run).toMatchObject({ status: 5, json: { error: { code: 'cancelled' } } });
    expect(run.stderr).toContain('still waiting');
    expect(await vault.opened()).toEqual(none);
  });

  test('ends a rotation of a role that has no connection left', async () => {
    await using vault = await prepareVault({
      setup: `DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO PUBLIC', current_database()); END $$`,
    });
    const role = `two_${new URL(vault.url).pathname.slice(6)}`;
    const admin = await connectPlainly(sharedServerUrl());
    await admin.query(`CREATE ROLE ${role} LOGIN PASSWORD 'p' CONNECTION LIMIT 2`);
    const client = await vault.connect();
    await client.query(`ALTER TABLE vault OWNER TO ${role}`);
    await client.end();
    const url = urlOf(vault.url, new URL(vault.url).pathname.slice(1), { user: role, password: 'p' });
    const run = await whileWaiting(vault, url, (kill) => kill('SIGINT'));
    expect(run).toMatchObject({ status: 5, json: { error: { code: 'cancelled' } } });
    expect(await keelSessions(vault)).toBe(0);
    expect(await vault.opened()).toEqual(none);
    const owner = await vault.connect();
    await owner.query(`DROP OWNED BY ${role} CASCADE`);
    await owner.end();
    await admin.query(`DROP ROLE ${role}`);
    await admin.end();
  });
});
