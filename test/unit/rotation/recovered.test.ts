import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import type { EncryptionKey } from '#crypto/encryption-key';
import { traitsOfPostgres } from '#postgres/engine/engine';
import type { KeelClient } from '#postgres/session/keel-client';
import { sessionName } from '#rewrite/session-name';
import { sessionsAround } from '#rotation/running-sessions';
import { settleOutcome } from '#rotation/settle';
import { settleRotations } from '#rotation/settle-rotations';
import { isAllClear, type Sweep } from '#rotation/stragglers';
import { agreed, type RotatedRows, rowsToRotate } from '#test/support/databases/rotated-rows';
import { connectPlainly, urlOf } from '#test/support/postgres/test-database';

// What became of a rotation, and under which key a real table is, as the database, the ring and the records tell.

const restored = 'DROP SCHEMA keel CASCADE; UPDATE vault SET s = dump.s FROM dump WHERE dump.id = vault.id';

/** The same connection, of which some statements are answered otherwise. */
function answering(
  client: KeelClient,
  otherwise: (statement: string) => Promise<unknown> | undefined,
): KeelClient {
  const query = client.query.bind(client) as (...parameters: unknown[]) => Promise<unknown>;
  const answer = (...parameters: unknown[]) => otherwise(String(parameters[0])) ?? query(...parameters);
  return Object.assign(client, { query: answer });
}

const recover = (client: KeelClient, { ring, records }: RotatedRows) =>
  settleRotations(client, { keyRing: ring, records, correct: agreed(ring) });

test('on a standby nothing is learnt of the key that the database is under, and the ring stays', async () => {
  await using rows = await rowsToRotate('CREATE TABLE dump AS SELECT * FROM vault');
  await rows.rotate();
  await rows.database.client.query(restored);
  await using standby = answering(await rows.open(), (statement) =>
    statement.includes('pg_is_in_recovery') ? Promise.resolve({ rows: [{ standby: true }] }) : undefined,
  );
  expect(await recover(standby, rows)).toMatchObject({ untried: { code: 'server-read-only' } });
  expect(await rows.ringStates()).toEqual(['retired', 'active']);
  expect(await rows.states()).toEqual(['committed']);
  const [record] = await rows.records.list();
  const open = { ...record, state: 'cutover' } as NonNullable<typeof record>;
  await expect(settleOutcome(standby, open, (key) => rows.ring.load(key))).rejects.toMatchObject({
    code: 'server-read-only',
  });
});

test('of a database that was restored the rotation is closed, and a sweep after it, which changed no key, is not', async () => {
  await using rows = await rowsToRotate('CREATE TABLE dump AS SELECT * FROM vault');
  await rows.rotate();
  await rows.add(21);
  const keys = { ...rows.keys, toMayBePresent: true, inDoubt: 'stop' as const };
  await rows.rotate({ purpose: 'sweep', keys });
  await rows.database.client.query(`DELETE FROM vault WHERE id = 21; ${restored}`);
  await using client = await rows.open();
  expect(await recover(client, rows)).toMatchObject({
    corrected: { from: rows.keys.to.fingerprint, to: rows.keys.from.fingerprint },
  });
  expect(await rows.ringStates()).toEqual(['active', 'retired']);
  expect(await rows.states()).toEqual(['rolled-back', 'committed']);
});

test('sessions that a rotation left are ended, also where its record was closed, and no rotation that is under way', async () => {
  await using rows = await rowsToRotate();
  let meanwhile: unknown;
  await rows.rotate({
    staged: async () => {
      await using client = await rows.open();
      meanwhile = await recover(client, rows);
      expect(await rows.states()).toEqual(['cutover']);
    },
  });
  expect(meanwhile).toMatchObject({ recovered: [], dropped: 0, failure: { code: 'rotation-running' } });
  const [record] = await rows.records.list();
  const { backends: _, ...closed } = record as NonNullable<typeof record>;
  await rows.records.write(closed);
  const left = await rows.open(sessionName(closed.id));
  left.on('error', () => undefined);
  await using client = await rows.open();
  expect(await recover(client, rows)).toMatchObject({ recovered: [], agrees: true });
  await expect(left.query('SELECT 1')).rejects.toThrow();
  await left.end().catch(() => undefined);
});

test('where sessions cannot be ended, an empty journal does not say that a rotation was rolled back', async () => {
  await using rows = await rowsToRotate();
  await rows.rotate();
  await rows.database.client.query('DELETE FROM keel.rotation');
  const [record] = await rows.records.list();
  const open = { ...record, state: 'cutover' } as NonNullable<typeof record>;
  const settle = (client: KeelClient) => settleOutcome(client, open, (key) => rows.ring.load(key));
  await using client = await rows.open();
  expect(await settle(client)).toBe('rolled-back');
  client.portable = traitsOfPostgres;
  expect(await settle(client)).toBe('rolled-back');
  const unknown = Object.assign(new Error('unknown function'), { severity: 'ERROR', code: '42883' });
  const blind = answering(client, (statement) =>
    statement.includes('pg_terminate_backend') ? Promise.reject(unknown) : undefined,
  );
  expect(await settle(blind)).toBe('committed');
});

test('a sweep that left no journal is never told from its rows', async () => {
  await using rows = await rowsToRotate();
  await rows.rotate();
  const [record] = await rows.records.list();
  await using client = await rows.open();
  const settle = (purpose: 'rotate' | 'sweep', bothKeys: boolean) => {
    const cutover = { ...record?.cutover, place: 'temporary', bothKeys };
    const open = { ...record, id: '0b7e1c1e-0000-4000-8000-000000000000', purpose, cutover };
    return settleOutcome(client, open as NonNullable<typeof record>, (key) => rows.ring.load(key));
  };
  expect(await settle('sweep', true)).toBe('untold');
  expect(await settle('rotate', false)).toBe('committed');
  await rows.add(21);
  expect(await settle('sweep', true)).toBe('untold');
  expect(await settle('rotate', false)).toBe('committed');
  await expect(settle('rotate', true)).rejects.toMatchObject({ code: 'rotation-unsettled' });
});

test('a few rows under the new key, given out early, do not make a rotation without a journal a committed one', async () => {
  await using rows = await rowsToRotate();
  const { from, to } = rows.keys;
  const interrupted = rows.rotate({
    place: 'temporary',
    commit: async (session) => {
      // the server went away before it was told to commit
      const open = async () => Promise.reject(new Error('unreachable'));
      Object.assign(session, { open });
      throw new Error('the connection was lost');
    },
  });
  await expect(interrupted).rejects.toMatchObject({ code: 'rotation-unsettled' });
  for (const id of [21, 22, 23]) await rows.add(id, to);
  await using client = await rows.open();
  const recovery = await recover(client, rows);
  expect(recovery).toMatchObject({
    recovered: [],
    failure: { code: 'rotation-unsettled', message: expect.stringContaining('both decrypt rows') },
    agrees: true,
    active: { fingerprint: from.fingerprint },
  });
  expect(await rows.opened()).toEqual({ from: 20, to: 3 });
  expect(await rows.ringStates()).toEqual(['active', 'pending']);
  expect(await rows.states()).toEqual(['cutover']);
});

test('whoever is connected, and may not be seen, is counted among those from before', async () => {
  await using rows = await rowsToRotate();
  const role = `role_${randomBytes(6).toString('hex')}`;
  const { client, url, name } = rows.database;
  await client.query(`CREATE ROLE ${role} LOGIN PASSWORD 'pass'`);
  const guest = await connectPlainly(urlOf(url, name, { user: role, password: 'pass' }));
  const asked = { id: '0b7e1c1e-0000-4000-8000-000000000000', committedAt: '2000-01-01T00:00:00Z' };
  try {
    expect(await sessionsAround(guest, asked)).toMatchObject({ before: 1, since: 0 });
    await using own = await rows.open('keel test');
    expect(await sessionsAround(own, asked)).toMatchObject({ before: 0, since: 2 });
  } finally {
    await guest.end();
    await client.query(`DROP ROLE ${role}`);
  }
});

test('a journal that another role prepared is not asked who was connected before, and runs nothing', async () => {
  await using rows = await rowsToRotate();
  const role = `role_${randomBytes(6).toString('hex')}`;
  const { client } = rows.database;
  await client.query(`CREATE ROLE ${role}; CREATE TABLE ran (who text); GRANT INSERT ON ran TO PUBLIC; CREATE SCHEMA keel AUTHORIZATION ${role}; SET ROLE ${role};
    CREATE FUNCTION keel.act() RETURNS uuid LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.ran VALUES (current_user); RETURN gen_random_uuid(); END $$;
    CREATE VIEW keel.rotation AS SELECT keel.act() AS id, now() AS committed_at; RESET ROLE`);
  try {
    await using own = await rows.open('keel test');
    const asked = { id: '0b7e1c1e-0000-4000-8000-000000000000', committedAt: '2000-01-01T00:00:00Z' };
    expect(await sessionsAround(own, asked)).toMatchObject({ before: 0, since: 1 });
    expect((await client.query('SELECT FROM ran')).rows).toEqual([]);
  } finally {
    await client.query(`DROP OWNED BY ${role} CASCADE; DROP ROLE ${role}`);
  }
});

test('a sweep gives no all-clear while a value may be under the old key, or something was not looked at', () => {
  const census = { places: [], unread: [] } as unknown as Sweep['census'];
  const clear: Sweep = { stragglers: 0, ambiguous: 0, problemRows: [], census };
  expect(isAllClear(clear)).toBe(true);
  const unread = [{ table: 't', reason: 'no SELECT' }];
  const beside = [{ inInventory: false }] as unknown as Sweep['census']['places'];
  for (const more of [
    { stragglers: 1 },
    { ambiguous: 1 },
    { census: { ...census, unread } },
    { census: { ...census, places: beside } },
  ])
    expect(isAllClear({ ...clear, ...more })).toBe(false);
});

test('keys that were tried are the caller’s to wipe, and are wiped', async () => {
  await using rows = await rowsToRotate();
  await rows.rotate({ place: 'temporary' });
  const [record] = await rows.records.list();
  const loaded: EncryptionKey[] = [];
  await using client = await rows.open();
  const open = { ...record, state: 'cutover' } as NonNullable<typeof record>;
  const load = async (fingerprint: string) => {
    const key = await rows.ring.load(fingerprint);
    loaded.push(key);
    return key;
  };
  expect(await settleOutcome(client, open, load)).toBe('committed');
  expect(loaded).toHaveLength(2);
  for (const key of loaded) expect(() => key.bytes).toThrow('wiped');
});
