import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { EncryptionKey } from '#crypto/encryption-key';
import { KeelError } from '#errors/keel-error';
import { newRecord } from '#records/rotation-record';
import { findDatabaseKey } from '#rotation/database-key';
import { settleRotations } from '#rotation/settle-rotations';
import { base64, base64Column } from '#test/support/databases/foreign-database';
import { agreed, type RotatedRows, rowsToRotate } from '#test/support/databases/rotated-rows';

// Which key of the ring the rows are under, and what a ring that is ahead of its database is brought back to.

const all = [true, true, true] as const;

/** Tries `expected` first, with a ring of three keys, of which some can be loaded. */
async function search(
  rows: RotatedRows,
  third: EncryptionKey,
  expected: EncryptionKey,
  loads: readonly boolean[] = all,
) {
  const keys = [rows.keys.from, rows.keys.to, third];
  const tried: string[] = [];
  let asked = 0;
  await using client = await rows.open();
  const record = newRecord({
    id: crypto.randomUUID(),
    purpose: 'rotate',
    from: rows.keys.from.fingerprint,
    to: rows.keys.to.fingerprint,
    inventory: { version: 1, columns: [base64Column()] },
    excluded: [],
  });
  const found = await findDatabaseKey(client, record, {
    expected: expected.fingerprint,
    ring: keys.map(({ fingerprint }) => ({ fingerprint, state: 'retired', proofs: [] })),
    loadKey: async (fingerprint) => {
      tried.push(fingerprint);
      const at = keys.findIndex((key) => key.fingerprint === fingerprint);
      if (!loads[at]) throw new KeelError('keychain-unavailable', 'it is locked', 'unlock it');
      return (keys[at] as EncryptionKey).copy();
    },
    goOn: () => void asked++,
  });
  expect(asked).toBeGreaterThanOrEqual(tried.length);
  return { under: found.under?.fingerprint, expected: found.expected?.fingerprint, tried };
}

test('the expected key is enough where it decrypts more than it does not, and else every other is tried', async () => {
  await using rows = await rowsToRotate();
  using third = new EncryptionKey(randomBytes(32));
  const [from, to] = [rows.keys.from.fingerprint, rows.keys.to.fingerprint];
  const { client } = rows.database;
  expect(await search(rows, third, rows.keys.from)).toEqual({ under: from, expected: from, tried: [from] });
  expect(await search(rows, third, rows.keys.to)).toEqual({
    under: from,
    expected: to,
    tried: [to, from, third.fingerprint],
  });
  // twelve rows against it, of both kinds, are fewer than twenty
  for (let id = 21; id <= 26; id++) await rows.add(id, third);
  for (let id = 27; id <= 32; id++)
    await client.query(`INSERT INTO vault VALUES ($1, 'no ciphertext')`, [id]);
  expect((await search(rows, third, rows.keys.from)).tried).toEqual([from]);
  // and as many are not fewer
  for (let id = 33; id <= 40; id++)
    await client.query(`INSERT INTO vault VALUES ($1, 'no ciphertext')`, [id]);
  expect(await search(rows, third, rows.keys.from)).toEqual({
    under: from,
    expected: from,
    tried: [from, to, third.fingerprint],
  });
  await client.query('DELETE FROM vault WHERE id <= 20');
  // six of twenty: most of it is under no key of the ring
  expect(await search(rows, third, rows.keys.from)).toMatchObject({ under: undefined, expected: from });
  await client.query('DELETE FROM vault WHERE id > 30');
  expect(await search(rows, third, rows.keys.from)).toMatchObject({
    under: third.fingerprint,
    expected: from,
  });
  await client.query('DELETE FROM vault WHERE id <= 26');
  expect(await search(rows, third, rows.keys.from)).toMatchObject({ under: undefined, expected: from });
  await client.query('DELETE FROM vault');
  expect(await search(rows, third, rows.keys.from)).toEqual({ under: from, expected: from, tried: [from] });
});

test('where the expected key cannot be had, another one answers only if it decrypts all of it', async () => {
  await using rows = await rowsToRotate();
  using third = new EncryptionKey(randomBytes(32));
  const from = rows.keys.from.fingerprint;
  const locked = { code: 'keychain-unavailable' };
  const found = await search(rows, third, rows.keys.to, [true, false, false]);
  expect(found).toMatchObject({ under: from, expected: undefined });
  await expect(search(rows, third, rows.keys.to, [false, false, true])).rejects.toMatchObject(locked);
  await rows.add(21, third);
  await expect(search(rows, third, rows.keys.to, [true, false, true])).rejects.toMatchObject(locked);
  // the expected one can be had, and most of the rest too
  expect(await search(rows, third, rows.keys.to, [true, true, false])).toMatchObject({ under: from });
});

test('two commits that a restored database lacks are closed, and the key before both is active again', async () => {
  await using rows = await rowsToRotate('CREATE TABLE dump AS SELECT * FROM vault');
  await rows.rotate();
  using third = new EncryptionKey(randomBytes(32));
  await rows.ring.hold(third, 'pending', 'generated');
  await rows.ring.recordProof(third.fingerprint, { artefact: 'age-file', location: '/third.age' });
  const { from, to } = rows.keys;
  const keys = { from: to, to: third, toMayBePresent: false, inDoubt: 'stop' as const };
  await rows.database.client.query('CREATE TABLE between AS SELECT * FROM vault');
  await rows.rotate({ keys });
  expect(await rows.ringStates()).toEqual(['retired', 'retired', 'active']);
  const restore = (dump: string, journal: string) =>
    rows.database.client.query(
      `UPDATE vault SET s = ${dump}.s FROM ${dump} WHERE ${dump}.id = vault.id; ${journal}`,
    );
  const recover = async (more: Partial<RotatedRows['ring']> = {}, signal?: AbortSignal) => {
    await using client = await rows.open();
    const keyRing = { ...rows.ring, ...more };
    return await settleRotations(client, {
      keyRing,
      records: rows.records,
      correct: agreed(keyRing),
      ...(signal && { signal }),
    });
  };
  // to between the two: only the second is lacking
  const second = (await rows.records.list()).at(-1)?.id as string;
  await restore('between', `DELETE FROM keel.rotation WHERE id = '${second}'`);
  expect(await recover()).toMatchObject({
    agrees: true,
    corrected: { from: third.fingerprint, to: to.fingerprint },
  });
  expect(await rows.states()).toEqual(['committed', 'rolled-back']);
  expect(await rows.ringStates()).toEqual(['retired', 'active', 'retired']);

  await restore('dump', 'DROP SCHEMA keel CASCADE');
  const controller = new AbortController();
  const list = async () => {
    controller.abort();
    return rows.ring.list();
  };
  // called off between two steps, nothing was corrected
  await expect(recover({ list }, controller.signal)).rejects.toMatchObject({ code: 'cancelled' });
  expect(await rows.ringStates()).toEqual(['retired', 'active', 'retired']);
  // without a yes the ring and the records stay
  const no = await rows.open();
  try {
    const declined = await settleRotations(no, {
      keyRing: rows.ring,
      records: rows.records,
      correct: async () => false,
    });
    expect(declined).toMatchObject({ agrees: false, under: from.fingerprint });
    expect(declined).not.toHaveProperty('corrected');
  } finally {
    await no.end();
  }
  expect(await rows.ringStates()).toEqual(['retired', 'active', 'retired']);
  // a ring that does not follow is told as one that disagrees
  const activate = async () => undefined as never;
  expect(await recover({ activate })).toMatchObject({ agrees: false, under: from.fingerprint });
  expect(await rows.states()).toEqual(['committed', 'rolled-back']);
  expect(await recover()).toMatchObject({
    agrees: true,
    corrected: { from: to.fingerprint, to: from.fingerprint },
  });
  expect(await rows.states()).toEqual(['rolled-back', 'rolled-back']);
  expect(await rows.ringStates()).toEqual(['active', 'retired', 'retired']);
});

test('without a journal, most rows under the old key are no late rows, and a database that is all old gainsays the commit', async () => {
  await using rows = await rowsToRotate('CREATE TABLE dump AS SELECT * FROM vault');
  await rows.rotate({ place: 'temporary' });
  const recover = async () => {
    await using client = await rows.open();
    return await settleRotations(client, {
      keyRing: rows.ring,
      records: rows.records,
      correct: agreed(rows.ring),
    });
  };
  for (let id = 21; id <= 60; id++) await rows.add(id);
  const { from, to } = rows.keys;
  const undecided = await recover();
  expect(undecided).toMatchObject({ agrees: false, under: from.fingerprint });
  expect(undecided).not.toHaveProperty('alsoUnder');
  expect(undecided).not.toHaveProperty('corrected');
  expect(await rows.ringStates()).toEqual(['retired', 'active']);
  expect(await rows.states()).toEqual(['committed']);
  await rows.database.client.query('UPDATE vault SET s = dump.s FROM dump WHERE dump.id = vault.id');
  expect(await recover()).toMatchObject({
    agrees: true,
    corrected: { from: to.fingerprint, to: from.fingerprint },
  });
  expect(await rows.states()).toEqual(['rolled-back']);
});

test('an environment without a rotation, or without an active key, has nothing to be compared', async () => {
  await using rows = await rowsToRotate();
  const recover = async (more: Partial<RotatedRows['ring']> = {}) => {
    await using client = await rows.open();
    const keyRing = { ...rows.ring, ...more };
    return await settleRotations(client, { keyRing, records: rows.records, correct: agreed(keyRing) });
  };
  const active = { fingerprint: rows.keys.from.fingerprint };
  expect(await recover()).toEqual({ recovered: [], dropped: 0, active });
  await rows.rotate();
  expect(await recover({ list: async () => [] })).toEqual({ recovered: [], dropped: 0 });
  await rows.database.client.query('INSERT INTO vault VALUES (21, $1)', [base64('x', rows.keys.to.bytes)]);
  expect(await recover()).toMatchObject({ agrees: true });
});
