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
