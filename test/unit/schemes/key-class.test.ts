import { describe, expect, test } from 'vitest';
import { applications, formsOf, rotatableApplication } from '#applications/applications';
import { parseApplicationKey } from '#crypto/application-key';
import { generateEncryptionKey } from '#crypto/encryption-key';
import { parseStoredKey, storedKeyText } from '#crypto/stored-key';
import { KeelError } from '#errors/keel-error';
import { hasOwnSalt } from '#schemes/key-reading';
import { isSameClass, keyClassOf, makeKeyText } from '#schemes/key-class';
import { keysOf, readingOf } from '#schemes/scheme';

const classOf = (text: string) => keyClassOf(Buffer.from(text, 'utf8'));

describe('the class of a key', () => {
  test.for([
    ['7a90f898bac15aad4ab37ad6abebebd29e2fb24ddbe3ce848e25051146dd68c7', { as: 'hex', length: 32 }],
    ['7A90F898BAC15AAD4AB37AD6ABEBEBD2', { as: 'hex', length: 16, isUpper: true }],
    ['nwQd4YzTq1r/0cTk682kaOvwX4REdGUH7stXC8kX2rU=', { as: 'base64', length: 32 }],
    ['hyKGbYaw_B5D0J7z3o7gW9p1zCfVYghiLMUs77DIHlo=', { as: 'base64url', length: 32 }],
    [
      'hyKGbYaw_B5D0J7z3o7gW9p1zCfVYghiLMUs77DIHlo=,ZRwZGlXhGBWlYRV25I1F23RciCKy_lhPTPwmzAnEPn8=',
      { as: 'base64url', length: 32 },
    ],
    ['base64:UG8Js+Nko7SPgPQsd9sl2XsAs5S5oJf24BovEEOPi4s=', { as: 'base64-prefixed', length: 32 }],
    ['h43KTDdYlpvt-t1ybFz1qpbWkgRcPqVT', { as: 'characters', length: 32 }],
    ['a pass phrase, not bytes', { as: 'characters', length: 24 }],
  ] as const)('of %s is told by its text', ([text, expected]) => {
    expect(classOf(text)).toEqual(expected);
  });

  test('is kept by a new key, which is another one each time', () => {
    for (const text of [
      'ab'.repeat(32),
      'AB'.repeat(16),
      `base64:${'A'.repeat(43)}=`,
      `${'-'.repeat(43)}=`,
      'x'.repeat(16),
    ]) {
      const [one, other] = [makeKeyText(classOf(text)), makeKeyText(classOf(text))];
      expect(isSameClass(keyClassOf(one), classOf(text))).toBe(true);
      expect(one.equals(other)).toBe(false);
    }
  });

  test('is another one for 32 digits and for 64', () => {
    expect(isSameClass(classOf('ab'.repeat(16)), classOf('ab'.repeat(32)))).toBe(false);
    expect(isSameClass(classOf('ab'.repeat(16)), classOf('-'.repeat(32)))).toBe(false);
    expect(isSameClass(classOf('-'.repeat(32)), classOf('-'.repeat(33)))).toBe(false);
    expect(isSameClass(classOf('-'.repeat(20)), classOf('-'.repeat(32)))).toBe(true);
  });

  test('of a new key is one that every application reads which Keel rotates', async () => {
    for (const application of applications()) {
      const written = makeKeyText(application.newKey);
      using plain = parseApplicationKey(written);
      // where a salt is written with the key, a new key keeps it
      using salted = parseApplicationKey(Buffer.concat([written, Buffer.from(':a salt')]));
      for (const { layout } of formsOf(application)) {
        const { scheme } = layout;
        if (!scheme || !('read' in readingOf(scheme))) continue;
        const [first] = await keysOf(scheme, hasOwnSalt(readingOf(scheme)) ? salted : plain);
        expect(first?.length).toBeGreaterThan(15);
      }
    }
  });
});

describe('a key as another application has it', () => {
  test('is Ballast’s where its text is, fingerprint included', () => {
    using key = generateEncryptionKey();
    using same = parseApplicationKey(Buffer.from(`${key.toBase64()}\n`));
    expect(same.fingerprint).toBe(key.fingerprint);
  });

  test('comes back from a store as it was written', () => {
    using key = parseApplicationKey(Buffer.from('a pass phrase, not bytes'));
    using again = parseStoredKey(storedKeyText(key));
    expect(again.written.toString()).toBe('a pass phrase, not bytes');
    expect(again.fingerprint).toBe(key.fingerprint);
  });

  test.for(['', ' padded', 'ENCRYPTION_KEY=abc', '"quoted"', 'two\nlines'])(
    'is refused with the mistake in it: %j',
    (text) => {
      expect(() => parseApplicationKey(Buffer.from(text))).toThrow(KeelError);
    },
  );

  test('is not given to what knows keys of Ballast only', () => {
    using key = parseApplicationKey(Buffer.from('a pass phrase, not bytes'));
    expect(() => key.toBase64()).toThrow('another application');
  });
});

test('an application that rotates itself is refused with the reason and its own command', () => {
  expect(() => rotatableApplication('authelia')).toThrow('each value is bound to its table, column and row');
  try {
    rotatableApplication('coder');
    expect.unreachable();
  } catch (error) {
    expect((error as KeelError).remedy).toContain('dbcrypt rotate');
  }
  expect(() => rotatableApplication('unknown')).toThrow('is unknown');
});
