import type pg from 'pg';
import { describe, expect, test } from 'vitest';
import { prepareVault } from '#test/support/databases/vault';
import { missingPgbouncer, startPgbouncer } from '#test/support/postgres/pgbouncer';
import { connectPlainly } from '#test/support/postgres/test-database';

const missing = missingPgbouncer();
const named = missing ? ` (skipped: ${missing})` : '';

/** What an application sees of a session that it gets from the pooler. */
async function seenBy(application: pg.Client): Promise<object> {
  const { rows } = await application.query(
    `SELECT (SELECT count(*)::int FROM vault) AS rows, current_setting('search_path') AS path,
            current_setting('row_security') AS security, current_setting('statement_timeout') AS statements,
            current_setting('lock_timeout') AS locks, current_setting('bytea_output') AS bytes,
            current_setting('idle_in_transaction_session_timeout') AS idle,
            current_setting('default_statistics_target') AS statistics,
            (SELECT count(*)::int FROM pg_locks WHERE locktype = 'advisory'
              AND database = (SELECT oid FROM pg_database WHERE datname = current_database())) AS locked`,
  );
  return rows[0];
}

/** Several connections, so that every server process of the pool is looked at. */
async function applications(url: string): Promise<pg.Client[]> {
  return Promise.all(Array.from({ length: 4 }, () => connectPlainly(url)));
}

describe.skipIf(missing !== undefined).concurrent(`behind PgBouncer${named}`, () => {
  test.for(['transaction', 'statement'] as const)(
    'in %s mode an application does not notice that Keel reads, or is refused to rotate',
    async (mode) => {
      await using vault = await prepareVault();
      await using pooler = await startPgbouncer(vault.url, mode);
      const clients = await applications(pooler.url);
      const [first] = clients;
      const before = await seenBy(first as pg.Client);
      const discovered = await vault.run(['discover', '--key-file', vault.keyFiles.from], {}, pooler.url);
      const stays = async () => {
        const seen = await Promise.all(clients.map(seenBy));
        expect(seen).toEqual(clients.map(() => before));
      };
      await stays();
      const rotated = await vault.rotate([], {}, pooler.url);
      expect(rotated.status).not.toBe(0);
      await stays();
      if (mode === 'transaction') {
        expect(discovered.status).toBe(0);
        expect(rotated).toMatchObject({ status: 4, json: { error: { code: 'preflight-stopped' } } });
        expect(rotated.json.error.message).toContain('[pooler]');
        expect((await vault.recover([], {}, pooler.url)).status).toBe(0);
        await stays();
      }
      for (const client of clients) await client.end();
      expect(await vault.opened()).toEqual({ from: 20, to: 0 });
    },
  );

  test('in session mode a rotation works, and leaves nothing in the session', async () => {
    await using vault = await prepareVault();
    await using pooler = await startPgbouncer(vault.url, 'session');
    const application = await connectPlainly(pooler.url);
    const before = await seenBy(application);
    await application.end();
    const rotated = await vault.rotate([], {}, pooler.url);
    expect(rotated).toMatchObject({ status: 0 });
    expect(await vault.opened()).toEqual({ from: 0, to: 20 });
    const clients = await applications(pooler.url);
    expect(await Promise.all(clients.map(seenBy))).toEqual(clients.map(() => before));
    for (const client of clients) await client.end();
  });
});
