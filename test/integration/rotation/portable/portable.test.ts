import { expect, test } from 'vitest';
import { ensureKeelSchema } from '#rewrite/keel-schema';
import { holdDatabase, type RewriteSession } from '#rewrite/session';
import { dropEmptyJournal, prepareJournal } from '#rotation/run/journal';
import type { RotationProgress } from '#rotation/run/progress';
import { expectUndone, rowsToRotate } from '#test/support/databases/rotated-rows';
import { refusals, startEngineProxy } from '#test/support/postgres/engine-proxy';

/** Every statement of Keel's that PostgreSQL alone knows is refused. */
async function portableRows(setup = '') {
  const rows = await rowsToRotate(setup);
  const proxy = await startEngineProxy(rows.database.url, refusals.greenplum);
  rows.reachThrough(proxy.url);
  return {
    rows,
    proxy,
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]();
      await rows[Symbol.asyncDispose]();
    },
  };
}

test('the usual way is stopped by what the proxy refuses, and nothing is changed', async () => {
  await using setting = await portableRows();
  await expect(setting.rows.rotate()).rejects.toThrow(/REFUSED/);
  expect(await setting.rows.opened()).toEqual({ from: 20, to: 0 });
});

test('the portable way rewrites every row with nothing that PostgreSQL alone has, and leaves its journal', async () => {
  await using setting = await portableRows();
  const { rows, proxy } = setting;
  const result = await rows.rotate({ portable: true });
  expect(result).toMatchObject({ rows: 20, columns: [{ rewritten: 20, left: 0 }] });
  expect(await rows.opened()).toEqual({ from: 0, to: 20 });
  expect(await rows.states()).toEqual(['committed']);
  expect(await rows.keelTables()).toEqual(['rotation']);
  expect(proxy.refused).toEqual([]);
  const { rows: journal } = await rows.database.client.query(
    'SELECT from_key, to_key, row_count FROM keel.rotation',
  );
  expect(journal).toEqual([
    { from_key: rows.keys.from.fingerprint, to_key: rows.keys.to.fingerprint, row_count: '20' },
  ]);
});

test('a rehearsal in the portable way leaves rows, schema and journal as they were', async () => {
  await using setting = await portableRows();
  const { rows } = setting;
  expect(await rows.rehearse({ portable: true })).toMatchObject({ rows: 20 });
  expect(await rows.opened()).toEqual({ from: 20, to: 0 });
  expect(await rows.keelTables()).toBeUndefined();
});

test('an empty journal is removed only while no other session has the database', async () => {
  await using rows = await rowsToRotate();
  await using client = await rows.open();
  await ensureKeelSchema(client);
  await prepareJournal(client, 'missing');
  {
    await using other = await rows.open();
    expect(await holdDatabase(other)).toBe(true);
    // cannot be seen yet
    await other.query(`BEGIN; INSERT INTO keel.rotation VALUES (gen_random_uuid(), 'a', 'b', 0, 1)`);
    await dropEmptyJournal(client);
    await other.query('COMMIT');
    expect((await client.query('SELECT FROM keel.rotation')).rows).toHaveLength(1);
  }
  await client.query('TRUNCATE keel.rotation');
  await dropEmptyJournal(client);
  expect(await rows.keelTables()).toEqual([]);
});

test('rows that are changed, deleted and added after staging are told apart and rewritten as they are', async () => {
  await using setting = await portableRows();
  const { rows } = setting;
  const { client } = rows.database;
  const result = await rows.rotate({
    portable: true,
    staged: async () => {
      await client.query('DELETE FROM vault WHERE id IN (1, 2)');
      await client.query('UPDATE vault SET n = 7 WHERE id = 3');
      await client.query('UPDATE vault SET s = (SELECT s FROM vault WHERE id = 5) WHERE id = 4');
      await rows.add(21);
    },
  });
  expect(result).toMatchObject({ rows: 19, columns: [{ rewritten: 19, left: 0 }] });
  expect(await rows.opened()).toEqual({ from: 0, to: 19 });
  const { rows: journal } = await client.query('SELECT row_count FROM keel.rotation');
  expect(journal).toEqual([{ row_count: '19' }]);
});

test('a table without a key is refused by name', async () => {
  await using setting = await portableRows('ALTER TABLE vault DROP CONSTRAINT vault_pkey');
  const findings = await setting.rows.look({ portable: true });
  expect(findings).toContainEqual(
    expect.objectContaining({
      code: 'primary-keys',
      level: 'stop',
      message: expect.stringContaining('public.vault'),
    }),
  );
});

test('preflight says which way is taken, and that nothing keeps writers out', async () => {
  await using setting = await portableRows();
  expect(await setting.rows.look({ portable: true })).toContainEqual(
    expect.objectContaining({
      code: 'portable',
      level: 'warn',
      message: expect.stringMatching(/portable way, as requested\. It does not lock tables/),
      remedy: expect.stringMatching(/^stop Ballast/),
    }),
  );
});

test('a row that does not hold what was staged for it is found before COMMIT, and everything is rolled back', async () => {
  await using setting = await portableRows();
  const { rows } = setting;
  const meddling = async ({ writer }: RewriteSession) => {
    const send = writer.query.bind(writer) as (...query: unknown[]) => Promise<unknown>;
    const query = async (...parameters: unknown[]) => {
      // after the last look for rows that came late
      if (String(parameters[0]).includes('AS held'))
        await send(`UPDATE public.vault SET s = s || ' ' WHERE id = 7`);
      return send(...parameters);
    };
    Object.assign(writer, { query });
  };
  await expect(rows.rotate({ portable: true, staged: meddling })).rejects.toMatchObject({
    code: 'verification-failed',
    message: expect.stringMatching(/20 rows were rewritten, and 19 contain what was written/),
  });
  await expectUndone(rows);
});

test('what fails before COMMIT leaves everything as it was', async () => {
  await using setting = await portableRows();
  const { rows } = setting;
  const onProgress = ({ step }: RotationProgress) => {
    if (step === 'delta') throw new Error('it failed');
  };
  await expect(rows.rotate({ portable: true, onProgress })).rejects.toThrow(/it failed/);
  await expectUndone(rows);
});

test('the two ways read each other’s journal, and one follows the other', async () => {
  await using setting = await portableRows();
  const { rows } = setting;
  await rows.rotate({ portable: true });
  rows.reachThrough(rows.database.url);
  const { from, to } = rows.keys;
  const back = {
    keys: { from: to, to: from, toMayBePresent: true, inDoubt: 'stop' },
    purpose: 'undo',
  } as const;
  await rows.rotate(back);
  expect(await rows.opened()).toEqual({ from: 20, to: 0 });
  const { rows: journal } = await rows.database.client.query(
    'SELECT xid FROM keel.rotation ORDER BY committed_at',
  );
  expect(journal).toEqual([{ xid: '0' }, { xid: expect.stringMatching(/^[1-9]\d*$/) }]);
});
