import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { RewriteSession } from '#rewrite/session';
import { base64, openBase64 } from '#test/support/databases/foreign-database';
import { type RotatedRows, rowsToRotate } from '#test/support/databases/rotated-rows';
import { refusals, startEngineProxy } from '#test/support/postgres/engine-proxy';
import { banners, playBanner } from '#test/support/postgres/played-engine';

/** Rows of a server that says that it is CockroachDB, whose transactions are serializable, behind a proxy that refuses what that refuses. */
async function serializableRows() {
  const rows = await rowsToRotate();
  await playBanner(rows.database.client, banners.cockroach);
  const proxy = await startEngineProxy(rows.database.url, refusals.cockroach);
  rows.reachThrough(proxy.url);
  return {
    rows,
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]();
      await rows[Symbol.asyncDispose]();
    },
  };
}

const isUpdate = (statement: unknown) => String(statement).startsWith('WITH u AS (UPDATE');

/** Calls `before` ahead of each such statement of the session that writes. */
function ahead(
  { writer }: RewriteSession,
  is: (statement: unknown) => boolean,
  before: () => Promise<unknown>,
) {
  const send = writer.query.bind(writer) as (...query: unknown[]) => Promise<unknown>;
  const query = async (...parameters: unknown[]) => {
    if (is(parameters[0])) await before();
    return send(...parameters);
  };
  Object.assign(writer, { query });
}

const touch = ({ database: { client } }: RotatedRows) =>
  client.query('UPDATE vault SET n = n + 1 WHERE id = 3');

test('a transaction that collides with a writer is tried again, and the rows go over', async () => {
  await using setting = await serializableRows();
  const { rows } = setting;
  let touched = 0;
  const staged = async (session: RewriteSession) =>
    ahead(session, isUpdate, async () => {
      if (touched++ === 0) await touch(rows);
    });
  expect(await rows.rotate({ staged })).toMatchObject({ rows: 20, columns: [{ rewritten: 20, left: 0 }] });
  expect(touched).toBe(2);
  expect(await rows.opened()).toEqual({ from: 0, to: 20 });
  expect(await rows.states()).toEqual(['committed']);
});

test('where every attempt collides the rotation gives up, and nothing is changed', async () => {
  await using setting = await serializableRows();
  const { rows } = setting;
  const staged = async (session: RewriteSession) => ahead(session, isUpdate, () => touch(rows));
  await expect(rows.rotate({ staged })).rejects.toMatchObject({
    code: 'lock-timeout',
    message: expect.stringMatching(/in each of 5 attempts.*; nothing was changed$/),
    remedy: expect.stringMatching(/^stop what writes to these tables/),
  });
  expect(await rows.opened()).toEqual({ from: 20, to: 0 });
  expect(await rows.states()).toEqual(['rolled-back']);
  // no lock shows whether another run is about to write to the journal
  expect(await rows.keelTables()).toEqual(['rotation']);
});

test('a COMMIT that the server refuses as a collision is tried again', async () => {
  await using setting = await serializableRows();
  const { rows } = setting;
  let commits = 0;
  const commit = (_: RewriteSession, send: () => Promise<unknown>) =>
    commits++ === 0
      ? Promise.reject(Object.assign(new Error('restart transaction'), { code: '40001', severity: 'ERROR' }))
      : send();
  await rows.rotate({ commit });
  // the refused one, the one that was tried again, and that of the clean-up
  expect(commits).toBe(3);
  expect(await rows.opened()).toEqual({ from: 0, to: 20 });
});

test('a lost answer to COMMIT is settled by the journal, whichever way it went', async () => {
  await using setting = await serializableRows();
  const { rows } = setting;
  const lost = ({ writer }: RewriteSession) => {
    writer.cut();
    throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
  };
  await expect(rows.rotate({ commit: async (session) => lost(session) })).rejects.toMatchObject({
    code: 'connection-lost',
  });
  expect(await rows.opened()).toEqual({ from: 20, to: 0 });
  await rows.rotate({
    commit: async (session, send) => {
      await send();
      return lost(session);
    },
  });
  expect(await rows.opened()).toEqual({ from: 0, to: 20 });
  expect(await rows.states()).toEqual(['rolled-back', 'committed']);
});

test('a session that the server ends within the transaction leaves everything as it was', async () => {
  await using setting = await serializableRows();
  const { rows } = setting;
  const { client } = rows.database;
  const staged = async (session: RewriteSession) =>
    ahead(session, isUpdate, () => client.query('SELECT pg_terminate_backend($1)', [session.pids[1]]));
  await expect(rows.rotate({ staged })).rejects.toMatchObject({ code: 'connection-lost' });
  expect(await rows.opened()).toEqual({ from: 20, to: 0 });
  expect(await rows.states()).toEqual(['rolled-back']);
});

test('beside a writer that never stops no value is lost, and each is under one of the two keys', async () => {
  await using rows = await rowsToRotate();
  const { from, to } = rows.keys;
  const { client } = rows.database;
  const expected = new Map(
    Array.from({ length: 20 }, (_, i) => [i + 1, `{"password": "secret number ${i + 1}"}`]),
  );
  let isOver = false;
  const writing = (async () => {
    for (let n = 0; !isOver; n++) {
      const id = 1 + (n % 20);
      const text = `{"password": "secret refreshed ${n} times"}`;
      await client.query('UPDATE vault SET s = $2 WHERE id = $1', [id, base64(text, from.bytes)]);
      expected.set(id, text);
      await pause(2);
    }
    return true;
  })();
  const result = await rows.rotate({ portable: true }).finally(() => (isOver = true));
  expect(await writing).toBe(true);
  expect(result.rows).toBe(20);
  const { rows: found } = await client.query('SELECT id, s FROM vault');
  for (const { id, s } of found)
    expect([openBase64(s, from.bytes), openBase64(s, to.bytes)]).toContain(expected.get(id));
  expect(await rows.states()).toEqual(['committed']);
});
