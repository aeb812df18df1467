import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { EncryptionKey } from '#crypto/encryption-key';
import { KeelError } from '#errors/keel-error';
import { endLeftSessions, hasSession } from '#rewrite/left-sessions';
import { sessionName } from '#rewrite/session-name';
import { sessionsAround } from '#rotation/running-sessions';
import { settleRotations } from '#rotation/settle-rotations';
import { base64 } from '#test/support/databases/foreign-database';
import { agreed, type RotatedRows, rowsToRotate } from '#test/support/databases/rotated-rows';

// What a rotation that did not come to its end is brought to, by its record, its journal, the ring and the rows.

async function recover(rows: RotatedRows, ring: Partial<RotatedRows['ring']> = {}) {
  await using client = await rows.open();
  const keyRing = { ...rows.ring, ...ring };
  return await settleRotations(client, { keyRing, records: rows.records, correct: agreed(keyRing) });
}

const fails = async () => {
  throw new KeelError('file-unwritable', 'the disk is full', 'free some space');
};

/** COMMIT went through, and neither ring nor record could be told. */
async function committedUntold(rows: RotatedRows): Promise<void> {
  const { to } = rows.keys;
  const activate: RotatedRows['ring']['activate'] = async (fingerprint, how) =>
    fingerprint === to.fingerprint ? fails() : rows.ring.activate(fingerprint, how);
  await rows.rotate({ ring: { activate } }).catch(() => undefined);
  expect(await rows.states()).toEqual(['cutover']);
}

/** Whether COMMIT went through or not, nobody could be asked, and what was staged is still there. */
async function leftOpen(rows: RotatedRows, isCommitted: boolean): Promise<void> {
  const commit = async (session: object, send: () => Promise<unknown>) => {
    if (isCommitted) await send();
    Object.assign(session, { open: fails });
    return fails();
  };
  await rows.rotate({ commit }).catch(() => undefined);
  expect(await rows.states()).toEqual(['cutover']);
}

test('a commit that nobody was told of is finished', async () => {
  await using rows = await rowsToRotate();
  await committedUntold(rows);
  const recovery = await recover(rows);
  expect(recovery).toMatchObject({
    recovered: [{ outcome: 'committed', record: { state: 'committed' } }],
    agrees: true,
    active: { fingerprint: rows.keys.to.fingerprint },
  });
  expect(recovery).not.toHaveProperty('failure');
  expect(recovery).not.toHaveProperty('corrected');
  expect(await rows.ringStates()).toEqual(['retired', 'active']);
  expect(await rows.states()).toEqual(['committed']);
  expect(await recover(rows)).toMatchObject({ recovered: [], dropped: 0, agrees: true });
});

test.each([
  [true, 'committed', ['retired', 'active']],
  [false, 'rolled-back', ['active', 'pending']],
])('a COMMIT whose answer was lost is asked about (came through: %o)', async (isCommitted, state, ring) => {
  await using rows = await rowsToRotate();
  await leftOpen(rows, isCommitted);
  expect(await recover(rows)).toMatchObject({ recovered: [{ outcome: state }], agrees: true });
  expect(await rows.states()).toEqual([state]);
  expect(await rows.ringStates()).toEqual(ring);
});

test('where the ring cannot be changed the record stays open, until it can', async () => {
  await using rows = await rowsToRotate();
  await committedUntold(rows);
  const hindered = await recover(rows, { activate: fails });
  expect(hindered).toMatchObject({ recovered: [], failure: { message: expect.stringContaining('disk') } });
  expect(await rows.states()).toEqual(['cutover']);
  expect(await recover(rows)).toMatchObject({ recovered: [{ outcome: 'committed' }], agrees: true });
  expect(await rows.ringStates()).toEqual(['retired', 'active']);
});

test('a rotation that is under way is left alone', async () => {
  await using rows = await rowsToRotate();
  let recovery: Awaited<ReturnType<typeof recover>> | undefined;
  await rows.rotate({
    staged: async () => {
      recovery = await recover(rows);
      expect(await rows.states()).toEqual(['cutover']);
    },
  });
  expect(recovery).toMatchObject({ recovered: [], dropped: 0, failure: { code: 'rotation-running' } });
  expect(await rows.states()).toEqual(['committed']);
});

test('while any session has the database reserved, seen or not, nothing is settled', async () => {
  await using rows = await rowsToRotate();
  await leftOpen(rows, false);
  const { client } = rows.database;
  await client.query('SELECT pg_advisory_lock(1801807212, 1)');
  expect(await recover(rows)).toMatchObject({ recovered: [], failure: { code: 'rotation-running' } });
  expect(await rows.states()).toEqual(['cutover']);
  await client.query('SELECT pg_advisory_unlock(1801807212, 1)');
  expect(await recover(rows)).toMatchObject({ recovered: [{ outcome: 'rolled-back' }] });
});

test('sessions of a rotation whose process is gone are ended, and it is rolled back', async () => {
  await using rows = await rowsToRotate();
  const rotation = rows.rotate({
    staged: async (_, record) => {
      // larger than any process's number
      const gone = { ...record, process: { ...record.process, pid: 2 ** 30 } };
      await rows.records.write(gone);
      const recovery = await recover(rows);
      expect(recovery).toMatchObject({ recovered: [{ outcome: 'rolled-back' }], dropped: 1, agrees: true });
      expect(recovery).not.toHaveProperty('failure');
    },
  });
  await expect(rotation).rejects.toThrow();
  expect(await rows.opened()).toEqual({ from: 20, to: 0 });
  expect(await rows.states()).toEqual(['rolled-back']);
  expect(await rows.keelTables()).toBeUndefined();
});

test('a database restored from before the commit brings its old key back', async () => {
  await using rows = await rowsToRotate('CREATE TABLE dump AS SELECT * FROM vault');
  await rows.rotate();
  await rows.database.client.query(
    'DROP SCHEMA keel CASCADE; UPDATE vault SET s = dump.s FROM dump WHERE dump.id = vault.id',
  );
  const { from, to } = rows.keys;
  expect(await recover(rows)).toMatchObject({
    agrees: true,
    corrected: { from: to.fingerprint, to: from.fingerprint },
    active: { fingerprint: from.fingerprint },
  });
  expect(await rows.ringStates()).toEqual(['active', 'retired']);
  expect(await rows.states()).toEqual(['rolled-back']);
});

test('while something cannot be settled the ring stays as it is, and the key of the database is named', async () => {
  await using rows = await rowsToRotate('CREATE TABLE dump AS SELECT * FROM vault');
  await rows.rotate();
  await rows.database.client.query(
    'DROP SCHEMA keel CASCADE; UPDATE vault SET s = dump.s FROM dump WHERE dump.id = vault.id',
  );
  await using other = await rows.open();
  await other.query('SELECT pg_advisory_lock(1801807212, 1)');
  const recovery = await recover(rows);
  expect(recovery).toMatchObject({
    agrees: false,
    under: rows.keys.from.fingerprint,
    failure: { code: 'rotation-running' },
  });
  expect(recovery).not.toHaveProperty('corrected');
  expect(await rows.ringStates()).toEqual(['retired', 'active']);
});

test('late rows under the old key, however many, do not gainsay a commit that the journal has', async () => {
  await using rows = await rowsToRotate();
  await rows.rotate();
  for (let id = 21; id <= 60; id++) await rows.add(id);
  const recovery = await recover(rows);
  expect(recovery).toMatchObject({ agrees: true, alsoUnder: rows.keys.from.fingerprint });
  expect(recovery).not.toHaveProperty('corrected');
  expect(await rows.ringStates()).toEqual(['retired', 'active']);
});

test('nor where they fill the beginning of the table, as they do once a vacuum made room there', async () => {
  await using rows = await rowsToRotate();
  await committedUntold(rows);
  const { client } = rows.database;
  for (let from = 100; from < 2_300; from += 100) {
    const cells = Array.from({ length: 100 }, (_, i) =>
      base64(`{"late": ${from + i}}`, rows.keys.from.bytes),
    );
    await client.query(
      'INSERT INTO vault (id, s) SELECT $1::int + n, cell FROM unnest($2::text[]) WITH ORDINALITY AS one (cell, n)',
      [from, cells],
    );
  }
  // what the rotation wrote lies behind all of it
  const filler = Array.from({ length: 2_000 }, (_, i) => base64(`{"rotated": ${i}}`, rows.keys.to.bytes));
  await client.query(
    'INSERT INTO vault (id, s) SELECT 10000 + n, cell FROM unnest($1::text[]) WITH ORDINALITY AS one (cell, n)',
    [filler],
  );
  const recovery = await recover(rows);
  expect(recovery).toMatchObject({ recovered: [{ outcome: 'committed' }], agrees: true });
  expect(recovery).not.toHaveProperty('corrected');
  expect(await rows.ringStates()).toEqual(['retired', 'active']);
});

test('a few values under the active key do not make it that of a database which is mostly under none of the ring', async () => {
  await using rows = await rowsToRotate();
  await rows.rotate();
  using elsewhere = new EncryptionKey(randomBytes(32));
  await rows.database.client.query('DELETE FROM vault WHERE id > 3');
  for (let id = 21; id <= 60; id++) await rows.add(id, elsewhere);
  const recovery = await recover(rows);
  expect(recovery).toMatchObject({ agrees: false });
  expect(recovery).not.toHaveProperty('under');
});

test('a key that the rows speak against is not made active, whatever the journal has', async () => {
  await using rows = await rowsToRotate('CREATE TABLE dump AS SELECT * FROM vault');
  await committedUntold(rows);
  await rows.database.client.query('UPDATE vault SET s = dump.s FROM dump WHERE dump.id = vault.id');
  expect(await recover(rows)).toMatchObject({
    recovered: [{ outcome: 'committed' }],
    agrees: true,
    active: { fingerprint: rows.keys.from.fingerprint },
  });
  expect((await rows.ringStates())[0]).toBe('active');
});

test('a database under no key of the ring is said to disagree', async () => {
  await using rows = await rowsToRotate();
  await rows.rotate();
  await rows.database.client.query(`UPDATE vault SET s = encode(sha512(id::text::bytea), 'base64')`);
  const recovery = await recover(rows);
  expect(recovery).toMatchObject({ agrees: false });
  expect(recovery).not.toHaveProperty('under');
  expect(await rows.ringStates()).toEqual(['retired', 'active']);
});

test('a database without a value speaks against no key', async () => {
  await using rows = await rowsToRotate();
  await rows.rotate();
  await rows.database.client.query('DELETE FROM vault');
  expect(await recover(rows)).toMatchObject({
    agrees: true,
    active: { fingerprint: rows.keys.to.fingerprint },
  });
});

test('a key that cannot be had is told as what stands in the way', async () => {
  await using rows = await rowsToRotate();
  await rows.rotate();
  const recovery = await recover(rows, { load: fails });
  expect(recovery).toMatchObject({ untried: { message: expect.stringContaining('the disk is full') } });
  expect(recovery).not.toHaveProperty('agrees');
});

test('only the sessions of that run on that database are ended', async () => {
  await using rows = await rowsToRotate();
  await using elsewhere = await rowsToRotate();
  const id = '0b7e1c1e-0000-4000-8000-000000000000';
  await using client = await rows.open(sessionName(id));
  await using other = await rows.open('keel other');
  await using far = await elsewhere.open(sessionName(id));
  const backends = [{ pid: 1, startedAt: '2026-01-01 00:00:00+00' }];
  expect(await hasSession(client, { id })).toBe(false);
  expect(await endLeftSessions(client, { id })).toBe(false);
  const left = await rows.open(sessionName(id));
  left.on('error', () => undefined);
  expect(await hasSession(client, { id })).toBe(true);
  expect(await hasSession(client, { id, backends })).toBe(false);
  expect(await endLeftSessions(client, { id, backends })).toBe(false);
  await left.query('SELECT 1');
  expect(await endLeftSessions(client, { id })).toBe(true);
  await expect(left.query('SELECT 1')).rejects.toThrow();
  await other.query('SELECT 1');
  await far.query('SELECT 1');
  await left.end();
});

test('who is connected is told apart by the time of the commit', async () => {
  await using rows = await rowsToRotate();
  const { client } = rows.database;
  await client.query(`SET application_name = 'ballast'`);
  await rows.rotate();
  const [record] = await rows.records.list();
  const committedAt = '2000-01-01T00:00:00Z';
  await using since = await rows.open('came later');
  await using own = await rows.open('keel sweep');
  expect(await sessionsAround(own, { id: record?.id as string, committedAt })).toEqual({
    before: 1,
    since: 1,
    names: ['ballast'],
  });
  await client.query('DROP SCHEMA keel CASCADE');
  expect(await sessionsAround(own, { id: record?.id as string, committedAt })).toEqual({
    before: 0,
    since: 2,
    names: [],
  });
  await since.query('SELECT 1');
});
