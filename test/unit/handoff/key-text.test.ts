import { describe, expect, test } from 'vitest';
import { parseApplicationKey } from '#crypto/application-key';
import { EncryptionKey, generateEncryptionKey } from '#crypto/encryption-key';
import { asReadBy, fingerprintOfValue, readerOf, textOfKey } from '#handoff/key-text';

const n8n = { application: 'n8n' };
const applicationKey = (text: string) => parseApplicationKey(Buffer.from(text, 'latin1'));

describe('a key is written as it is read', () => {
  test.each([0xf8, 0xfc, 0x00, 0xd3])(
    'if it is one of Ballast’s, whatever its base64 begins with (%i)',
    (first) => {
      const bytes = Buffer.alloc(32, 7);
      bytes[0] = first;
      using key = new EncryptionKey(bytes);
      expect(textOfKey(key)).toBe(key.toBase64());
      using read = asReadBy(n8n, key.copy());
      expect(textOfKey(read)).toBe(key.toBase64());
    },
  );

  test('for each of many that are drawn, and each reader that is never written', () => {
    for (let i = 0; i < 300; i++) {
      using key = generateEncryptionKey();
      expect(textOfKey(key)).toHaveLength(44);
    }
    for (let i = 0; i < 20; i++) {
      using reader = readerOf(n8n);
      expect(textOfKey(reader)).toHaveLength(44);
    }
  });

  test.each([
    ['-xT0_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKL='],
    ['0bfa16cc0b7d1d4c8e6c0c5b7f3a9d21'],
    ['base64:Zm9vYmFyZm9vYmFyZm9vYmFyZm9vYmFyZm9vYmFyMTI='],
    ['a1,b2,c3-d4_e5'],
  ])('of another application: %s', (text) => {
    using key = applicationKey(text);
    expect(textOfKey(key)).toBe(text);
  });

  test.each([
    ['has a dollar', 'pa$$word-of-some-length'],
    ['has a blank', 'correct horse battery'],
    ['has a comment sign', 'abc#def'],
    ['could be a number', '12345678901234567890123456789012'],
    ['could be an exponent', '12345678e10'],
    ['could be hexadecimal', '0x1234567890abcdef'],
    ['could be binary', '0b10101010101010101'],
    ['could be a time', '12:30:45:10'],
    ['is a mapping of YAML', 'abcd: efgh'],
  ])('but for a passphrase that %s, which is refused', (_, text) => {
    using key = applicationKey(text);
    expect(() => textOfKey(key)).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});

describe('a value is read as whoever reads the key that is written', () => {
  const passphrase = 'UZgMKf1qHRLcO8QH5J7p9BBjlpoL+rOf';

  test('of Ballast it is 32 bytes in base64, and anything else is no key', () => {
    using key = generateEncryptionKey();
    expect(fingerprintOfValue(key.toBase64(), key)).toBe(key.fingerprint);
    expect(fingerprintOfValue(passphrase, key)).toBeUndefined();
  });

  test('of an application it is a text, also where the key to be written could be one of Ballast’s', () => {
    using old = applicationKey('-xT0_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKL=');
    using fresh = asReadBy(n8n, generateEncryptionKey());
    expect(fingerprintOfValue(old.written.toString('latin1'), fresh)).toBe(old.fingerprint);
    expect(fingerprintOfValue(fresh.written.toString('latin1'), fresh)).toBe(fresh.fingerprint);
  });

  test('byte by byte, in whatever encoding a passphrase is written', () => {
    using key = parseApplicationKey(Buffer.from('clé-très-secrète'));
    expect(fingerprintOfValue(Buffer.from('clé-très-secrète').toString('latin1'), key)).toBe(key.fingerprint);
  });
});
