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
    expect(run.stderr).toContain('still waiting: the work is being stopped and rolled back');
    expect(await vault.opened()).toEqual(none);
  });

  test('waits once and shortly for a reader of its staging tables, and names the tables that stay', async () => {
    await using vault = await prepareVault();
    const reader = await vault.connect();
    const waits: string[] = [];
    const observer = await vault.connect();
    const staged = `SELECT relname FROM pg_class WHERE relnamespace = 'keel'::regnamespace AND relname LIKE 'staged%'`;
    const look = async () => {
      const { rows } = await observer.query(
        `SELECT query_start::text AS at FROM pg_stat_activity
         WHERE datname = current_database() AND query LIKE 'DROP TABLE%' AND wait_event_type = 'Lock'`,
      );
      for (const { at } of rows) if (!waits.includes(at)) waits.push(at);
    };
    let isRead: Promise<unknown> | undefined;
    let looking: NodeJS.Timeout | undefined;
    const run = await whileWaiting(vault, vault.url, (kill) => {
      isRead = (async () => {
        const { rows } = await reader.query(staged);
        await reader.query('BEGIN');
        for (const { relname } of rows) await reader.query(`LOCK TABLE keel.${relname} IN ACCESS SHARE MODE`);
        kill('SIGINT');
        looking = setInterval(() => void look(), 50);
      })();
    });
    clearInterval(looking);
    await isRead;
    expect(run).toMatchObject({ status: 5, json: { error: { code: 'cancelled' } } });
    expect(run.json.error.message).toMatch(
      /nothing was changed; 1 staging table could not be dropped \(keel\.staged_/,
    );
    expect(run.stderr).not.toContain('COMMIT');
    expect(waits).toHaveLength(1);
    await reader.end();
    await observer.end();
    expect((await vault.recover()).json).toMatchObject({ ok: true, dropped: 1 });
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
