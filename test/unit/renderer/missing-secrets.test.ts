import { expect, test } from 'vitest';
import { isUnlockable, missingSecrets } from '../../../src-renderer/components/notices/missing-secrets.ts';

const failed = (code: string) => ({ code, message: '', remedy: '' });

test.each([
  ['what the environment needs', ['password', 'passphrase'], undefined, [true, true]],
  ['the sealed file that is locked', [], 'store-locked', [false, true]],
  ['a password that the server refuses now', [], 'login-refused', [true, false]],
  ['both, where a failure adds to the need', ['passphrase'], 'password-missing', [true, true]],
  ['the password, where nobody says what', [], undefined, [true, false]],
] as const)('asks for %s', (_, needs, code, [password, passphrase]) => {
  expect(missingSecrets({ needs: [...needs] }, code && failed(code))).toEqual({ password, passphrase });
});

test('only failures that typing can end offer it', () => {
  expect(
    ['password-missing', 'store-locked', 'tls-failed', 'internal'].map((code) => isUnlockable(failed(code))),
  ).toEqual([true, true, false, false]);
});
