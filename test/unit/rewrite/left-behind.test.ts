import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { connect, serverFacts } from '#postgres/connect';
import type { KeelClient } from '#postgres/session/keel-client';
import { parseDatabaseUrl } from '#postgres/target';
import { cleanUp, dropLeftovers, dropLeftoversOf, ensureKeelSchema } from '#rewrite/keel-schema';
import { endLeftSessions, hasSession } from '#rewrite/left-sessions';
import { checkServer } from '#rewrite/server-findings';
import { holdDatabase, isDatabaseFree, openSession } from '#rewrite/session';
import { lateColumns, stagingColumns } from '#test/support/databases/staged-rows';
import { createTestDatabase, type TestDatabase } from '#test/support/postgres/test-database';

// What a run leaves on the server, and what is taken away of it: its sessions and its tables.

let database: TestDatabase;
let elsewhere: TestDatabase;
let client: KeelClient;

const open = (name = 'keel test', { url } = database) =>
  connect(parseDatabaseUrl(url), { applicationName: name });
const sql = (text: string, values?: unknown[]) => database.client.query(text, values);
const tables = async () => {
  const { rows } = await sql(
    `SELECT relname FROM pg_class WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = 'keel') AND relkind = 'r' ORDER BY 1`,
  );
  return rows.map(({ relname }) => relname as string);
};

beforeAll(async () => {
  database = await createTestDatabase();
  elsewhere = await createTestDatabase();
  client = await open();
});

afterAll(async () => {
  await client.end();
  for (const one of [database, elsewhere]) await one[Symbol.asyncDispose]();
});

beforeEach(() => sql('DROP SCHEMA IF EXISTS keel CASCADE'));

const [own, others] = ['01234567-89ab-4cde-8000-000000000000', '89abcdef-89ab-4cde-8000-000000000000'];

describe('staging tables', () => {
  const made = async () => {
    await ensureKeelSchema(client);
    for (const name of ['staged_01234567_0', 'delta_01234567_0', 'staged_89abcdef_0'])
      await sql(`CREATE TABLE keel.${name} ${stagingColumns}`);
    await sql(`CREATE TABLE keel.changed_01234567_0 ${lateColumns}`);
    await sql('CREATE TABLE keel.staged_notes (n int); CREATE TABLE keel.rotation (n int)');
  };

  test('of one run go, of each purpose, and those of others stay', async () => {
    await made();
    expect(await dropLeftovers(client, own)).toEqual({ dropped: 3 });
    expect(await tables()).toEqual(['rotation', 'staged_89abcdef_0', 'staged_notes']);
    expect(await dropLeftovers(client)).toEqual({ dropped: 1 });
    expect(await tables()).toEqual(['rotation', 'staged_notes']);
  });

  test('of runs that are not on record stay where no lock shows whether they are at work, and are named', async () => {
    await made();
    expect(await dropLeftoversOf(client, [own])).toEqual({
      dropped: 3,
      undropped: {
        tables: ['keel.staged_89abcdef_0'],
        reason: expect.stringContaining('no rotation on record'),
      },
    });
    expect(await dropLeftoversOf(client, [own, others])).toEqual({ dropped: 1 });
    expect(await tables()).toEqual(['rotation', 'staged_notes']);
  });

  test('that a lost connection leaves are not said to be refused by the server', async () => {
    await made();
    const lost = await open();
    lost.on('error', () => undefined);
    const { backendPid } = await serverFacts(lost);
    const query = lost.query.bind(lost) as (...parameters: unknown[]) => Promise<unknown>;
    const cutFirst = async (...parameters: unknown[]) => {
      if (String(parameters[0]).startsWith('DROP TABLE'))
        await sql(`SELECT pg_terminate_backend($1, 5000)`, [backendPid]);
      return query(...parameters);
    };
    Object.assign(lost, { query: cutFirst });
    await expect(dropLeftovers(lost, own)).rejects.toMatchObject({ code: 'connection-lost' });
    await lost.end().catch(() => undefined);
  });
});

describe('sessions that a run left', () => {
  const backend = async (of: KeelClient) => {
    const { backendPid: pid, backendStart: startedAt } = await serverFacts(of);
    return { pid, startedAt: startedAt as string };
  };
  const left = async (id: string, where = database) => {
    const one = await open(`keel ${id}`, where);
    one.on('error', () => undefined);
    return one;
  };

  test('are those of its name in this database, started when they were recorded, and none other is ended', async () => {
    const id = randomUUID();
    const one = await left(id);
    const foreign = await left(id, elsewhere);
    const { rows } = await one.query('SHOW application_name');
    const name = rows[0].application_name as string;
    expect(name).toContain(id.slice(0, 8));
    const { pid, startedAt } = await backend(one);
    const later = { id, backends: [{ pid, startedAt: startedAt.replace(/^\d{4}/, '2001') }] };
    const another = { id, backends: [await backend(foreign)] };
    for (const owner of [later, another, { id: randomUUID() }]) {
      expect(await hasSession(client, owner)).toBe(false);
      expect(await endLeftSessions(client, owner)).toBe(false);
    }
    expect((await one.query('SELECT 1')).rowCount).toBe(1);
    for (const owner of [{ id, backends: [{ pid, startedAt }] }, { id }])
      expect(await hasSession(client, owner)).toBe(true);
    expect(await endLeftSessions(client, { id, backends: [{ pid, startedAt }] })).toBe(true);
    const { rows: gone } = await sql('SELECT FROM pg_stat_activity WHERE pid = $1', [pid]);
    expect(gone).toEqual([]);
    expect(await endLeftSessions(client, { id })).toBe(false);
    expect((await foreign.query('SELECT 1')).rowCount).toBe(1);
    for (const each of [one, foreign]) await each.end().catch(() => undefined);
  });

  test('are ended before what they made is cleared, where their own connection is gone', async () => {
    await sql('CREATE TABLE IF NOT EXISTS public.vault (n int)');
    await using session = await openSession(open, 'usual');
    const { writer, id } = session;
    writer.on('error', () => undefined);
    await ensureKeelSchema(writer);
    await writer.query(`CREATE TABLE keel.staged_${id.slice(0, 8)}_0 ${stagingColumns}`);
    await writer.query('BEGIN; LOCK TABLE public.vault');
    // a server that is at work does not notice that nobody listens any more
    const atWork = writer.query('SELECT pg_sleep(60)').catch(() => undefined);
    const isAtWork = async () => {
      const { rows } = await sql(`SELECT FROM pg_stat_activity WHERE pid = $1 AND wait_event = 'PgSleep'`, [
        session.pids[1],
      ]);
      return rows.length === 1;
    };
    while (!(await isAtWork())) await new Promise(setImmediate);
    writer.cut();
    await atWork;
    const also: number[] = [];
    await cleanUp(session, async (helper) => {
      const { rows } = await helper.query(
        'SELECT count(*)::int AS count FROM pg_stat_activity WHERE pid = $1',
        [session.pids[1]],
      );
      also.push(rows[0].count);
    });
    expect(also).toEqual([0]);
    expect(await tables()).toEqual([]);
    await sql(`SET lock_timeout = '2s'; LOCK TABLE public.vault`);
  });

  test('are asked to end until the server shows none any more', async () => {
    const id = randomUUID();
    const one = await left(id);
    const asked: number[] = [];
    const query = client.query.bind(client) as (
      ...parameters: unknown[]
    ) => Promise<{ rows: { count: number }[] }>;
    const watched = Object.create(client, {
      query: {
        value: async (...parameters: unknown[]) => {
          const answer = await query(...parameters);
          if (String(parameters[0]).includes('pg_terminate_backend')) asked.push(answer.rows[0]?.count ?? -1);
          return answer;
        },
      },
    }) as KeelClient;
    expect(await endLeftSessions(watched, { id })).toBe(true);
    expect([asked[0], asked.at(-1)]).toEqual([1, 0]);
    await one.end().catch(() => undefined);
  });

  test('keep a database for themselves until they end, whether they are told so or only looked for', async () => {
    const holder = await open();
    expect(await isDatabaseFree(client)).toBe(true);
    expect(await holdDatabase(holder)).toBe(true);
    expect(await isDatabaseFree(client)).toBe(false);
    expect(await holdDatabase(client)).toBe(false);
    await expect(openSession(open, 'usual')).rejects.toMatchObject({ code: 'rotation-running' });
    await holder.query('SELECT pg_advisory_unlock_all()');
    // looking leaves no lock behind
    expect([await isDatabaseFree(client), await isDatabaseFree(holder)]).toEqual([true, true]);
    const session = await openSession(open, 'usual');
    await session[Symbol.asyncDispose]();
    await holder.end();
    expect(await isDatabaseFree(client)).toBe(true);
  });

  test('leave their server processes without the lock, where a pooler keeps these', async () => {
    const session = await openSession(open, 'usual');
    const { writer } = session;
    Object.defineProperty(writer, 'isGuest', { value: true });
    const end = writer.end.bind(writer);
    // a pooler ends its own side only
    Object.assign(writer, { end: () => Promise.resolve() });
    await session[Symbol.asyncDispose]();
    expect(await isDatabaseFree(client)).toBe(true);
    await end();
  });
});

test('transactions that are prepared in another database are none of this one', async () => {
  const session = await openSession(open, 'usual');
  const finding = async () =>
    (await checkServer(client, session)).find(({ code }) => code === 'prepared-transactions')?.level;
  const name = randomBytes(6).toString('hex');
  await elsewhere.client.query(`BEGIN; CREATE TABLE a (n int); PREPARE TRANSACTION '${name}'`);
  expect(await finding()).toBe('pass');
  await elsewhere.client.query(`ROLLBACK PREPARED '${name}'`);
  await sql(`BEGIN; CREATE TABLE a (n int); PREPARE TRANSACTION '${name}'`);
  expect(await finding()).toBe('stop');
  await sql(`ROLLBACK PREPARED '${name}'`);
  await session[Symbol.asyncDispose]();
});
