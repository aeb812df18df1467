import { expect, test } from 'vitest';
import { KeelError } from '#errors/keel-error';
import { cleanUp, dropLeftovers, ensureKeelSchema } from '#rewrite/keel-schema';
import { openSession } from '#rewrite/session';
import { rowsToRotate } from '#test/support/databases/rotated-rows';
import { lateColumns, stagingColumns } from '#test/support/databases/staged-rows';

// Keel's own schema in the database, and the connections that work for a rotation.

test('Keel’s schema goes when nothing is in it, and one that was there before stays', async () => {
  await using rows = await rowsToRotate();
  await using client = await rows.open();
  const { client: other } = rows.database;
  await ensureKeelSchema(client);
  await ensureKeelSchema(client);
  await other.query(
    `CREATE TABLE keel.staged_01234567_0 ${stagingColumns}; CREATE TABLE keel.delta_89abcdef_1 ${stagingColumns}`,
  );
  expect(await dropLeftovers(client, '01234567-89ab-4cde-8000-000000000000')).toEqual({ dropped: 1 });
  expect(await rows.keelTables()).toEqual(['delta_89abcdef_1']);
  expect(await dropLeftovers(client)).toEqual({ dropped: 1 });
  expect(await rows.keelTables()).toBeUndefined();

  await other.query(
    `CREATE SCHEMA keel; CREATE TABLE keel.changed_89abcdef_1 ${lateColumns}; CREATE TABLE keel.staged_notes (n int)`,
  );
  await ensureKeelSchema(client);
  expect(await dropLeftovers(client)).toEqual({ dropped: 1 });
  await other.query('DROP TABLE keel.staged_notes');
  await dropLeftovers(client);
  expect(await rows.keelTables()).toEqual([]);
});

test('tables of others in a schema keel stay, whose names or columns are not those of a staging table', async () => {
  const others = [
    'changed_20261130_0 (n int8, mark bool, k0 int, o0 text, total numeric)',
    'delta_20261130_0 (k0 int, o0 text, n0 text, note bytea, customer text)',
    'staged_20261130_0 (id int, total numeric, note bytea)',
    `staged_20261130_orders ${stagingColumns}`,
  ];
  const tables = others.map((table) => `CREATE TABLE keel.${table}`);
  await using rows = await rowsToRotate(['CREATE SCHEMA keel', ...tables].join('; '));
  await using client = await rows.open();
  expect(await dropLeftovers(client)).toEqual({ dropped: 0 });
  expect(await rows.keelTables()).toEqual(others.map((table) => table.split(' ')[0]));
});

test('staging tables that the server does not drop are named with its reason', async () => {
  await using rows = await rowsToRotate(
    `CREATE SCHEMA keel; CREATE TABLE keel.staged_01234567_0 ${stagingColumns}; CREATE TABLE keel.staged_01234567_1 ${stagingColumns};
     CREATE VIEW public.kept AS SELECT * FROM keel.staged_01234567_0`,
  );
  await using client = await rows.open();
  expect(await dropLeftovers(client)).toEqual({
    dropped: 1,
    undropped: {
      tables: ['keel.staged_01234567_0'],
      reason: expect.stringContaining('other objects depend on it'),
    },
  });
});

test('one session at a time holds a database, and gives it back when it ends', async () => {
  await using rows = await rowsToRotate();
  const first = await openSession(rows.open, 'usual');
  await expect(openSession(rows.open, 'usual')).rejects.toMatchObject({ code: 'rotation-running' });
  expect(first.shared).toBe(false);
  expect(first.backends).toHaveLength(2);
  expect(new Set(first.pids).size).toBe(2);
  await first[Symbol.asyncDispose]();
  await using second = await openSession(rows.open, 'usual');
  expect(second.id).not.toBe(first.id);
});

test('a session whose connection is gone is ended over a fresh one, and its tables go', async () => {
  await using rows = await rowsToRotate();
  await using session = await openSession(rows.open, 'usual');
  const { writer, id } = session;
  writer.on('error', () => undefined);
  await ensureKeelSchema(writer);
  await writer.query(`CREATE TABLE keel.staged_${id.slice(0, 8)}_0 ${stagingColumns}`);
  await writer.query('BEGIN; LOCK TABLE public.vault IN SHARE ROW EXCLUSIVE MODE');
  writer.cut();
  expect(await cleanUp(session)).toBeUndefined();
  expect(await rows.keelTables()).toBeUndefined();
  await rows.database.client.query(`SET lock_timeout = '1s'; UPDATE vault SET n = 1`);
});

test('both connections are opened, or none is left', async () => {
  await using rows = await rowsToRotate();
  const opened: { ended: boolean }[] = [];
  const open = async (name: string) => {
    if (opened.length === 1) throw new KeelError('server-unreachable', 'no more connections', 'wait');
    const state = { ended: false };
    opened.push(state);
    const client = await rows.open(name);
    client.once('end', () => (state.ended = true));
    return client;
  };
  await expect(openSession(open, 'usual')).rejects.toMatchObject({ code: 'server-unreachable' });
  expect(opened).toEqual([{ ended: true }]);
});
