import { randomBytes, randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { EncryptionKey } from '#crypto/encryption-key';
import { nextOrder } from '#records/rotation-order';
import { RotationRecords } from '#records/rotation-record';
import { sweep } from '#rotation/use-cases/sweep';
import { undo } from '#rotation/use-cases/undo';
import { byCommit, byValues } from '#test/support/activations';
import { type RotatedRows, rowsToRotate } from '#test/support/databases/rotated-rows';
import { rotationDesk } from '#test/support/databases/rotation-desk';

// Which key a rotation makes the active one, and which it does not, for all that it was given.

const active = async ({ ring }: RotatedRows) =>
  (await ring.list()).find(({ state }) => state === 'active')?.fingerprint;

const undoInput = {
  excluded: [],
  accepted: ['other-sessions' as const],
  lockTimeoutMs: 5_000,
  rehearsal: false,
  onPreflight: () => undefined,
};

test('a given key that decrypts nothing is not the active one after the rotation that failed', async () => {
  await using rows = await rowsToRotate();
  await rows.rotate();
  using wrong = new EncryptionKey(randomBytes(32));
  const { to } = rows.keys;
  const keys = { from: wrong, to, toMayBePresent: true, inDoubt: 'stop' as const };
  await expect(rows.rotate({ keys })).rejects.toMatchObject({ code: 'already-rotated' });
  expect(await active(rows)).toBe(to.fingerprint);
  expect(await rows.ringStates()).toEqual(['retired', 'active', 'pending']);
  const [first] = await rows.look({ keys });
  expect(first).toMatchObject({ code: 'old-key', level: 'warn' });
  expect(first?.message).not.toMatch(/key decrypts a sample/);
});

test('a given key is not the active one where there was no value to prove it by', async () => {
  await using rows = await rowsToRotate('DELETE FROM vault');
  using unknown = new EncryptionKey(randomBytes(32));
  const keys = { from: unknown, to: rows.keys.to, toMayBePresent: false, inDoubt: 'stop' as const };
  await expect(rows.rotate({ keys })).rejects.toMatchObject({ code: 'nothing-to-rotate' });
  expect(await active(rows)).toBe(rows.keys.from.fingerprint);
});

test('a run that fails leaves the active key that the ring had, whatever key its values prove', async () => {
  await using rows = await rowsToRotate();
  using other = new EncryptionKey(randomBytes(32));
  await rows.ring.hold(other, 'pending');
  await rows.ring.activate(other.fingerprint, byValues(rows.keys.from.fingerprint));
  const failing = rows.rotate({
    staged: async () => {
      throw new Error('the lock was not given');
    },
  });
  await expect(failing).rejects.toThrow('the lock was not given');
  expect(await active(rows)).toBe(other.fingerprint);
  expect(await rows.opened()).toEqual({ from: 20, to: 0 });
});

test('where another key becomes the active one during the run, nothing is rotated and it stays', async () => {
  await using rows = await rowsToRotate();
  using other = new EncryptionKey(randomBytes(32));
  using third = new EncryptionKey(randomBytes(32));
  for (const key of [other, third]) await rows.ring.hold(key, 'pending');
  await rows.ring.activate(other.fingerprint, byValues(rows.keys.from.fingerprint));
  let isStaging = false;
  const list = async () => {
    if (isStaging)
      await rows.ring.activate(third.fingerprint, byValues(other.fingerprint)).catch(() => undefined);
    return rows.ring.list();
  };
  const run = rows.rotate({
    ring: { list },
    onProgress: ({ step }) => {
      if (step === 'staging') isStaging = true;
    },
  });
  await expect(run).rejects.toMatchObject({ code: 'confirmation-missing' });
  expect(await active(rows)).toBe(third.fingerprint);
  expect(await rows.opened()).toEqual({ from: 20, to: 0 });
});

test('an undo or a sweep of a rotation to a key that is not the active one does not begin', async () => {
  await using rows = await rowsToRotate();
  await rows.rotate();
  const { from, to } = rows.keys;
  // somebody else brought the database to it, and its proof here made it the active one
  using third = new EncryptionKey(randomBytes(32));
  await rows.ring.hold(third, 'pending');
  await rows.ring.activate(third.fingerprint, byCommit(to.fingerprint));
  const desk = await rotationDesk(rows);
  const refused = {
    code: 'nothing-to-undo',
    message: expect.stringContaining(`key ${third.fingerprint} is the active one`),
  };
  await expect(undo(desk.workspace, undoInput, desk.context)).rejects.toMatchObject(refused);
  await expect(sweep(desk.workspace, desk.context)).rejects.toMatchObject(refused);
  expect(await active(rows)).toBe(third.fingerprint);
  expect(await rows.opened()).toEqual({ from: 0, to: 20 });
  expect(from.fingerprint).not.toBe(await active(rows));
});

test('after a rotation of the fleet, a sweep or an undo of the database’s own last rotation does not begin', async () => {
  await using rows = await rowsToRotate();
  await rows.rotate();
  const { to } = rows.keys;
  const [own] = await rows.records.list();
  const third = '3333-3333-3333-3333';
  const order = await nextOrder(rows.folder, []);
  const record = { ...own, id: randomUUID(), order, from: to.fingerprint, to: third };
  await new RotationRecords(rows.folder, 'member').write(record as typeof own & object);
  const desk = await rotationDesk(rows);
  const ofFleet = { code: 'nothing-to-undo', message: expect.stringContaining('was of its fleet') };
  await expect(sweep(desk.workspace, desk.context)).rejects.toMatchObject(ofFleet);
  await expect(undo(desk.workspace, undoInput, desk.context)).rejects.toMatchObject(ofFleet);
  expect(await rows.opened()).toEqual({ from: 0, to: 20 });
});

test('a clock that was set back between two rotations leaves the later one the last', async () => {
  await using rows = await rowsToRotate();
  await rows.rotate();
  const [first] = await rows.records.list();
  const ahead = first?.history.map((step) => ({ ...step, at: '2099-01-01T00:00:00.000Z' })) ?? [];
  await rows.records.write({ ...(first as NonNullable<typeof first>), history: ahead });
  using third = new EncryptionKey(randomBytes(32));
  await rows.ring.hold(third, 'pending', 'generated');
  await rows.ring.recordProof(third.fingerprint, { artefact: 'age-file', location: '/third.age' });
  const { to } = rows.keys;
  await rows.rotate({ keys: { from: to, to: third, toMayBePresent: false, inDoubt: 'stop' } });
  await rows.add(21, to);
  const desk = await rotationDesk(rows);
  expect(await sweep(desk.workspace, desk.context)).toMatchObject({ from: to.fingerprint, stragglers: 1 });
});
