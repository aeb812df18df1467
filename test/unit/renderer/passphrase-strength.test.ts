import { expect, test } from 'vitest';
import { judgePassphrase } from '../../../src-renderer/components/fields/passphrase-strength.ts';

test.each([
  ['elevenchars', 'stop'],
  ['aaaaaaaaaaaaaaaaaaaaaaaa', 'warn'],
  ['abcdefghijklmnop', 'warn'],
  ['1234567890123', 'warn'],
  ['password1234', 'warn'],
  ['correct horse battery', 'warn'],
  ['correct horse battery staple lantern', 'good'],
  ['t7#Qz!m2Lw9@xR', 'good'],
])('%s is judged %s', (passphrase, tone) => {
  expect(judgePassphrase(passphrase).tone).toBe(tone);
});

test('one that is too short says how much is missing', () => {
  expect(judgePassphrase('short').words).toContain('7 to go');
});
