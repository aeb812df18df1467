import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { EncryptionKey } from '#crypto/encryption-key';
import { readEnvironmentSettings } from '#environments/environment-settings';
import { readIvProofs, rememberIvProofs } from '#environments/iv-proofs';
import { KeelError } from '#errors/keel-error';
import type { RewriteSubject } from '#rotation/use-cases/rewrite';
import { inspectRotation, rotate, type RotateInput, rotationKeys } from '#rotation/use-cases/rotate';
import { rowsToRotate } from '#test/support/databases/rotated-rows';
import {
  column,
  inventory,
  rotateInput,
  type RotationDesk,
  rotationDesk,
} from '#test/support/databases/rotation-desk';
import type { Workspace } from '#workspace/workspace';

// What the command line and the window call to rotate: the guards, the admin's word, the log, and what is kept.

/** For a preflight alone. */
const asked = { ...rotateInput, inventory };
const rotateDesk = (desk: RotationDesk, more: Partial<RotateInput> = {}) =>
  rotate(desk.workspace, { ...rotateInput, ...more }, desk.context);

test('a place to leave that preflight does not find is refused before anyone is asked', async () => {
  await using rows = await rowsToRotate();
  const desk = await rotationDesk(rows);
  const left = ['nothing. Every value is rotated'];
  await expect(rotateDesk(desk, { left })).rejects.toMatchObject({ code: 'usage' });
  expect(desk.questions).toEqual([]);
});

test('a rotation between the keys of the ring asks, is kept, and is noted', async () => {
  await using rows = await rowsToRotate();
  const desk = await rotationDesk(rows);
  const [from, to] = [rows.keys.from.fingerprint, rows.keys.to.fingerprint];
  await rememberIvProofs(rows.folder, [
    { entry: column, fingerprint: from, at: new Date().toISOString(), by: 'known-value', shows: 'whole' },
  ]);
  const subjects: RewriteSubject[] = [];
  const result = await rotateDesk(desk, {
    excluded: ['vault.s'],
    onSubject: (subject) => void subjects.push(subject),
    onPreflight: ({ findings }, subject) => {
      expect(findings.map(({ code }) => code)).toContain('iv-proven');
      subjects.push(subject);
    },
  });
  expect(result).toMatchObject({ from, to, rehearsal: false, rows: 20, sampled: true });
  expect(result).toHaveProperty('beyondReach');
  const subject = { from, to, columns: [column], excluded: ['vault.s'] };
  expect(subjects).toEqual([subject, subject]);
  expect(desk.questions).toEqual([
    { of: 'rotate', from, to, columns: 1, kept: ['vault.s'], accepted: ['other-sessions'], sampled: true },
  ]);
  expect(desk.noted).toEqual([
    {
      environment: desk.workspace.id,
      action: 'key rotated',
      detail: `${from} to ${to}: 20 rows, compared before commit`,
      outcome: 'done',
      fingerprint: to,
    },
  ]);
  expect(desk.steps[0]).toEqual({ step: 'preflight', done: 0 });
  expect(desk.steps.at(-1)).toEqual({ step: 'committed', done: 20 });
  expect(await rows.opened()).toEqual({ from: 0, to: 20 });
  expect(await readEnvironmentSettings(rows.folder)).toMatchObject({
    lastResult: { id: result.id, rows: 20 },
    proof: { fingerprint: to, verdict: 'correct', opened: 20, values: 20 },
    excluded: ['vault.s'],
  });
  expect((await readIvProofs(rows.folder)).map(({ fingerprint }) => fingerprint)).toEqual([from, to]);
  const [record] = await rows.records.list();
  expect(record?.ivProofs).toMatchObject([{ fingerprint: from }]);
  await expect(rotateDesk(desk)).rejects.toMatchObject({ code: 'artefact-missing' });
});

test('a rehearsal asks nothing, prepares no key, keeps nothing, and is noted where it succeeds', async () => {
  await using rows = await rowsToRotate();
  const desk = await rotationDesk(rows);
  const prepareKeys = async () => {
    throw new Error('a rehearsal prepares no key');
  };
  const rehearsal = { rehearsal: true, prepareKeys };
  await expect(rotateDesk(desk, { ...rehearsal, accepted: [] })).rejects.toMatchObject({
    code: 'preflight-stopped',
  });
  expect(desk.noted).toEqual([]);
  const result = await rotateDesk(desk, { ...rehearsal, sampled: false });
  expect(result).toMatchObject({ rehearsal: true, rows: 20 });
  expect(result).not.toHaveProperty('sampled');
  expect(desk.questions).toEqual([]);
  expect(desk.noted).toMatchObject([{ action: 'rotation rehearsed', outcome: 'done' }]);
  expect(desk.noted[0]?.detail).toMatch(/^20 rows, writers would wait \d+ ms; rolled back$/);
  expect(desk.steps.map(({ step }) => step)).toContain('census');
  expect(await rows.opened()).toEqual({ from: 20, to: 0 });
  expect(await rows.states()).toEqual([]);
  expect(await readEnvironmentSettings(rows.folder)).not.toHaveProperty('lastResult');
});

test('a stop, and an admin who does not agree, end it before anything is begun, and that is noted', async () => {
  await using rows = await rowsToRotate();
  const desk = await rotationDesk(rows, () => {
    throw new KeelError('confirmation-missing', 'nobody agreed', 'agree');
  });
  let prepared = 0;
  const prepareKeys = async () => void prepared++;
  await expect(rotateDesk(desk, { prepareKeys, accepted: [] })).rejects.toMatchObject({
    code: 'preflight-stopped',
  });
  expect(desk.questions).toEqual([]);
  await expect(rotateDesk(desk, { prepareKeys })).rejects.toMatchObject({ code: 'confirmation-missing' });
  const brokeOff = { environment: desk.workspace.id, action: 'rotation broke off', outcome: 'failed' };
  expect(desk.noted).toEqual([
    { ...brokeOff, detail: 'preflight-stopped' },
    { ...brokeOff, detail: 'confirmation-missing' },
  ]);
  expect(prepared).toBe(0);
  expect(await rows.states()).toEqual([]);
  expect(await rows.ringStates()).toEqual(['active', 'pending']);
});

test('keys that the admin gives take the place of the ring’s, and the inventory may follow from the old one', async () => {
  await using rows = await rowsToRotate();
  const desk = await rotationDesk(rows);
  using from = rows.keys.from.copy();
  using to = new EncryptionKey(randomBytes(32));
  const result = await rotateDesk(desk, {
    keys: { from, to },
    inventory: async (key) => {
      expect(key.fingerprint).toBe(from.fingerprint);
      return inventory;
    },
    prepareKeys: async ({ keyRing }) => {
      await keyRing.hold(to, 'pending');
      await keyRing.recordProof(to.fingerprint, { artefact: 'age-file', location: '/other.age' });
    },
  });
  expect(result.to).toBe(to.fingerprint);
  // they are the caller's
  expect(() => [from.bytes, to.bytes]).not.toThrow();
});

test('nothing is rotated to the same key, to one that is publicly known, or with a slip among the names', async () => {
  await using rows = await rowsToRotate();
  const desk = await rotationDesk(rows);
  const { from } = rows.keys;
  using known = new EncryptionKey(Buffer.from('aaxqwQD9JlKPkyhBoZbpjwQysmeVAovra2FTMUOa6Vo=', 'base64'));
  await expect(rotateDesk(desk, { keys: { to: from } })).rejects.toMatchObject({ code: 'same-key' });
  await expect(rotateDesk(desk, { keys: { to: known } })).rejects.toMatchObject({
    code: 'key-publicly-known',
  });
  await expect(rotateDesk(desk, { excluded: ['elsewhere'] })).rejects.toMatchObject({ code: 'usage' });
  expect(desk.noted.map(({ detail }) => detail)).toEqual(['same-key', 'key-publicly-known', 'usage']);
  const keyless: Workspace = { ...desk.workspace, readRing: async () => ({ keys: [] }) as never };
  await expect(inspectRotation(keyless, asked, desk.context)).rejects.toMatchObject({ code: 'key-unproven' });
});

test('keys of the ring are wiped once they were used, also where one of them cannot be had', async () => {
  await using rows = await rowsToRotate();
  const desk = await rotationDesk(rows);
  const loaded: EncryptionKey[] = [];
  const watched = (failing?: string): Workspace => ({
    ...desk.workspace,
    openKeys: async () => ({
      place: 'keychain',
      keyRing: {
        ...rows.ring,
        load: async (fingerprint) => {
          if (fingerprint === failing) throw new KeelError('key-not-in-ring', 'it is not there', 'give it');
          const key = await rows.ring.load(fingerprint);
          loaded.push(key);
          return key;
        },
      },
    }),
  });
  const inspected = await inspectRotation(watched(), asked, desk.context);
  expect(inspected).toMatchObject({ from: rows.keys.from.fingerprint, to: rows.keys.to.fingerprint });
  expect(inspected.preflight.findings.map(({ code }) => code)).toContain('old-key');
  expect(desk.steps[0]).toEqual({ step: 'preflight', done: 0 });
  const halfHad = inspectRotation(watched(rows.keys.to.fingerprint), asked, desk.context);
  await expect(halfHad).rejects.toMatchObject({ code: 'key-not-in-ring' });
  expect(loaded).toHaveLength(3);
  for (const key of loaded) expect(() => key.bytes).toThrow();
});

test('values under the new key are expected, and those that both open taken for old ones, where that was accepted', () => {
  using from = new EncryptionKey(randomBytes(32));
  using to = new EncryptionKey(randomBytes(32));
  const keys = (...accepted: RotateInput['accepted']) => rotationKeys({ from, to }, accepted);
  expect(keys()).toEqual({ from, to, toMayBePresent: false, inDoubt: 'stop' });
  expect(keys('half-rotated')).toMatchObject({ toMayBePresent: true, inDoubt: 'stop' });
  expect(keys('ambiguous-rows')).toMatchObject({ toMayBePresent: false, inDoubt: 'rewrite' });
});
