import { expect, test } from 'vitest';
import { createSessionSecrets } from '#procedures/session-secrets';

test('what was typed is kept as bytes, and wiped when the app locks', () => {
  const secrets = createSessionSecrets();
  secrets.keep('a', { password: 'hunter2 🐴' }, secrets.epoch());
  const bytes = secrets.password('a')?.bytes as Buffer;
  expect(bytes.toString('utf8')).toBe('hunter2 🐴');
  secrets.wipe();
  expect(secrets.password('a')).toBeUndefined();
  expect(bytes.every((byte) => byte === 0)).toBe(true);
});

test('what was derived from a passphrase goes with it, when it is typed anew, forgotten, or the app locks', async () => {
  const secrets = createSessionSecrets();
  const derivedNow = async () => {
    const key = Buffer.from('derived key');
    await secrets.derived('a')?.recall(Buffer.from('salt'), 10, async () => key);
    return key;
  };
  const isWiped = async (key: Buffer) => {
    await new Promise(setImmediate);
    return key.every((byte) => byte === 0);
  };
  const type = () => secrets.keep('a', { passphrase: 'typed' }, secrets.epoch());
  for (const end of [type, () => secrets.forget('a'), () => secrets.wipe()]) {
    type();
    const key = await derivedNow();
    secrets.keep('a', { password: 'beside' }, secrets.epoch());
    expect(await isWiped(key)).toBe(false);
    end();
    expect(await isWiped(key)).toBe(true);
  }
  expect(secrets.derived('a')).toBeUndefined();
});

test('typing anew wipes what stood there, and leaves the rest', () => {
  const secrets = createSessionSecrets();
  secrets.keep('a', { password: 'old', passphrase: 'kept' }, secrets.epoch());
  const old = secrets.password('a')?.bytes as Buffer;
  secrets.keep('a', { password: 'new' }, secrets.epoch());
  expect(old.every((byte) => byte === 0)).toBe(true);
  expect(secrets.password('a')?.bytes.toString()).toBe('new');
  expect(secrets.passphrase('a')?.bytes.toString()).toBe('kept');
});

test('the practice’s secrets, which nobody could type again, are spared on request', () => {
  const secrets = createSessionSecrets();
  secrets.keep('practice', { passphrase: 'random' }, secrets.epoch());
  secrets.keep('other', { passphrase: 'typed' }, secrets.epoch());
  secrets.wipe('practice');
  expect(secrets.passphrase('practice')?.bytes.toString()).toBe('random');
  expect(secrets.passphrase('other')).toBeUndefined();
});

test('what was typed before a lock is not kept after it', () => {
  const secrets = createSessionSecrets();
  const typedIn = secrets.epoch();
  secrets.wipe();
  expect(() => secrets.keep('a', { password: 'late' }, typedIn)).toThrow(/was locked in the meantime/);
  expect(secrets.password('a')).toBeUndefined();
});
