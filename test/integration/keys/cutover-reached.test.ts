import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { EncryptionKey } from '#crypto/encryption-key';
import { reasonsToKeep } from '#keys/keep-reasons';
import { newRecord, RotationRecords } from '#records/rotation-record';
import { base64Column } from '#test/support/databases/foreign-database';
import { rowsToRotate } from '#test/support/databases/rotated-rows';

const codes = async (folder: string, fingerprint: string) =>
  (await reasonsToKeep(folder, fingerprint)).map(({ code }) => code);

test('a new key that a rotation took to its cutover is not one that was never used, though it was rolled back', async () => {
  await using rows = await rowsToRotate();
  const { to } = rows.keys;
  expect(await codes(rows.folder, to.fingerprint)).toEqual([]);
  await rows
    .rotate({
      commit: async () => {
        throw new Error('the server refused it');
      },
    })
    .catch(() => undefined);
  expect(await rows.states()).toEqual(['rolled-back']);
  expect(await codes(rows.folder, to.fingerprint)).toEqual(['no-census']);
});

test('a rotation of a database of a fleet that did not finish keeps both its keys, whatever became of the fleet', async () => {
  await using rows = await rowsToRotate();
  using key = new EncryptionKey(randomBytes(32));
  await rows.ring.hold(key, 'pending', 'generated');
  const member = new RotationRecords(rows.folder, 'org_42');
  const record = newRecord({
    id: crypto.randomUUID(),
    purpose: 'rotate',
    from: rows.keys.from.fingerprint,
    to: key.fingerprint,
    inventory: { version: 1, columns: [base64Column()] },
    excluded: [],
  });
  await member.write(record);
  const [need] = await reasonsToKeep(rows.folder, key.fingerprint);
  expect(need).toMatchObject({ code: 'rotation-unsettled', acceptable: false });
});
