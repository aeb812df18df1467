import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { createDerivations } from '#crypto/derivations';

const cost = { n: 2, r: 8, p: 1 };
const salt = Buffer.from('a salt');
const passphrase = Buffer.from('wrong');

/** Derivations whose pauses take no time, and are written down. */
function counted() {
  const pauses: number[] = [];
  const derivations = createDerivations(async (ms) => void pauses.push(ms));
  let guesses = 0;
  const guess = async (of = salt, isRight = false, text = `wrong ${guesses++}`) => {
    const key = await derivations.derive(Buffer.from(text), of, cost);
    derivations.tried(of, key, isRight);
  };
  return { pauses, derivations, guess };
}

test('one is derived, three wait, and more are refused at once', async () => {
  const { derivations } = counted();
  const asked = Array.from({ length: 40 }, () =>
    derivations.derive(passphrase, salt, cost).then(
      ({ length }) => length,
      (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
    ),
  );
  const answers = await Promise.all(asked);
  expect(answers.slice(0, 4)).toEqual([32, 32, 32, 32]);
  expect(new Set(answers.slice(4))).toEqual(
    new Set([
      'request-refused: Keel is busy with other passphrases; this one was not tried, and nothing was changed',
    ]),
  );
  expect(await derivations.derive(passphrase, salt, cost)).toHaveLength(32);
});

test('a salt waits longer after each wrong passphrase, up to a limit, and no more after the right one', async () => {
  const { pauses, guess } = counted();
  for (let n = 0; n < 10; n++) await guess();
  expect(pauses).toEqual([250, 500, 1000, 2000, 4000, 8000, 8000]);
  await guess(salt, true);
  pauses.length = 0;
  for (let n = 0; n < 3; n++) await guess();
  expect(pauses).toEqual([]);
});

test('a wrong passphrase that is tried again is no other guess', async () => {
  const { pauses, guess } = counted();
  for (let n = 0; n < 10; n++) await guess(salt, false, 'wrong');
  expect(pauses).toEqual([]);
});

test('wrong passphrases of one salt do not delay another, unless there are too many salts to count', async () => {
  const { pauses, guess } = counted();
  for (let n = 0; n < 4; n++) await guess();
  pauses.length = 0;
  await guess(Buffer.from('another salt'));
  expect(pauses).toEqual([]);
  for (let n = 0; n < 1_010; n++) await guess(randomBytes(8));
  expect(pauses.length).toBeGreaterThan(5);
});

test('one that fails leaves its place to others', async () => {
  const { derivations } = counted();
  for (let n = 0; n < 6; n++)
    await expect(derivations.derive(passphrase, salt, { n: 3, r: 8, p: 1 })).rejects.toThrow();
  expect(await derivations.derive(passphrase, salt, cost)).toHaveLength(32);
});

test('the pause of one salt holds up neither another one nor the passphrase of the lock', async () => {
  const derivations = createDerivations(() => new Promise(() => {}));
  for (let n = 0; n < 3; n++)
    derivations.tried(salt, await derivations.derive(Buffer.from(`wrong ${n}`), salt, cost), false);
  const asked = Array.from({ length: 16 }, () =>
    derivations.derive(passphrase, salt, cost).catch((error: { code: string }) => error.code),
  );
  expect(await Promise.race(asked)).toBe('request-refused');
  expect(await derivations.derive(passphrase, Buffer.from('another salt'), cost)).toHaveLength(32);
  expect(await derivations.deriveAlways(passphrase, Buffer.from('of the lock'), cost)).toHaveLength(32);
});

test('the passphrase of the lock waits for the derivation at work only', async () => {
  const { derivations } = counted();
  const ended: string[] = [];
  const usual = ['a', 'b', 'c', 'd'].map((of) =>
    derivations.derive(passphrase, Buffer.from(of), cost).then(() => ended.push(of)),
  );
  await Promise.resolve();
  const always = derivations.deriveAlways(passphrase, salt, cost).then(() => ended.push('lock'));
  await Promise.all([...usual, always]);
  expect(ended.indexOf('lock')).toBeLessThanOrEqual(1);
});

test('salts that pause are limited in number', async () => {
  const derivations = createDerivations(() => new Promise(() => {}));
  const salts = Array.from({ length: 40 }, (_, n) => Buffer.from(`salt ${n}`));
  for (const of of salts)
    for (let n = 0; n < 3; n++)
      derivations.tried(of, await derivations.derive(Buffer.from(`${n}`), of, cost), false);
  let refused = 0;
  for (const of of salts) derivations.derive(passphrase, of, cost).catch(() => refused++);
  await new Promise((resolve) => setImmediate(resolve));
  expect(refused).toBe(8);
});
