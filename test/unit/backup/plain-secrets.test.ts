import { expect, test } from 'vitest';
import { holdsSecret } from '#backup/plain-secrets';
import { toRecoveryWords } from '#backup/recovery-words';
import { generateEncryptionKey } from '#crypto/encryption-key';

const key = generateEncryptionKey();

test.for([
  key.toBase64(),
  `ENCRYPTION_KEY=${key.toBase64()}`,
  `the key is "${key.bytes.toString('hex')}".`,
  key.bytes.toString('base64url'),
  toRecoveryWords(key).slice(0, 12).join(' '),
  'postgres://ballast:hush@db.example.org/ballast',
  'Password: hush',
  'root pwd=hush',
  'AGE-SECRET-KEY-1QQQQQQQQQQQQQQQQQQQ',
])('%s looks like a secret', (text) => {
  expect(holdsSecret(text)).toBe(true);
});

test.for([
  'Ada Lovelace, +44 20 7946 0000, ada@example.org',
  'ballast-1.example.org, rack 4, console at https://ilo.example.org:8443/login',
  'The passphrase is in the safe of the office, behind the red folder',
  'psql -h db.example.org -U ballast ballast',
  key.fingerprint,
])('%s does not', (text) => {
  expect(holdsSecret(text)).toBe(false);
});
