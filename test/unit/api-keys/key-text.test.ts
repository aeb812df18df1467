import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeBase62 } from '#api-keys/base62';
import { costOf, fits, hashKey } from '#api-keys/bcrypt-hash';
import { generateApiKey, parseApiKey } from '#api-keys/key-text';
import { Secret } from '#crypto/secret';

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const decode = (text: string) =>
  text.split('').reduce((sum, digit) => sum * 62n + BigInt(digits.indexOf(digit)), 0n);

const parse = (text: string | Buffer) => {
  using key = parseApiKey(Buffer.from(text));
  return key.bytes.toString('utf8');
};

test('32 bytes in base 62 are always 43 characters, and give the same number back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
      const text = encodeBase62(Buffer.from(bytes)).toString('ascii');
      expect(text).toMatch(/^[0-9A-Za-z]{43}$/);
      expect(decode(text)).toBe(BigInt(`0x${Buffer.from(bytes).toString('hex')}`));
    }),
  );
  expect(encodeBase62(Buffer.alloc(32)).toString('ascii')).toBe('0'.repeat(43));
  expect(encodeBase62(Buffer.alloc(32, 0xff)).length).toBe(43);
});

test('the bytes that a text was made from are gone afterwards', () => {
  const bytes = randomBytes(32);
  encodeBase62(bytes);
  expect(bytes.equals(Buffer.alloc(32))).toBe(true);
});

test('a new key is bk_ and 43 characters, another each time, and within what bcrypt reads', () => {
  const keys = new Set<string>();
  for (let i = 0; i < 50; i++) {
    using key = generateApiKey();
    expect(key.bytes.toString('ascii')).toMatch(/^bk_[0-9A-Za-z]{43}$/);
    keys.add(key.bytes.toString('ascii'));
  }
  expect(keys.size).toBe(50);
});

test('a pasted key is taken without the white space around it', () => {
  expect(parse('  bk_abc\r\n')).toBe('bk_abc');
  expect(parse(`bk_${'x'.repeat(69)}`)).toHaveLength(72);
});

test.each([
  ['nothing', ' \n'],
  ['more than bcrypt reads', `bk_${'x'.repeat(70)}`],
  ['more bytes than bcrypt reads, in fewer characters', `bk_${'ü'.repeat(40)}`],
  ['a NUL byte', 'bk_abc\0def'],
  ['a line break within', 'bk_abc\nbk_def'],
])('%s is refused in words that do not repeat it', (_what, text) => {
  expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'api-key-malformed' }));
  try {
    parse(text);
  } catch (error) {
    expect(JSON.stringify([error, String(error)])).not.toMatch(/abc|xxx|üü/);
  }
});

const known = 'bk_7Nq2vX0cQ9fTzLr4WbYk1uJmHs8pDg3aE5iVoR6tBnC';
/** Made by crypt(3) of libxcrypt, as `htpasswd -B` and PHP's `password_hash` write them. */
const foreign = [
  '$2y$04$abcdefghijklmnopqrstuuWuGKufhbpvfreb1D/oMqkBTcV7N5zzu',
  '$2b$05$ZbcdefghijklmnopqrstuuGCVOVUmA6gu5MMiWvjdfThIhHGgSCo6',
  '$2a$04$YbcdefghijklmnopqrstuuULGJ/iAKyoZTbfpCu9U7AUa1mmKTxty',
];

test.each(foreign)('a hash that another program made fits its key and no other: %s', async (hash) => {
  using key = new Secret(Buffer.from(known));
  using other = new Secret(Buffer.from(known.replace(/C$/, 'D')));
  expect(await fits(key, hash)).toBe(true);
  expect(await fits(other, hash)).toBe(false);
});

test('what is no bcrypt hash has no cost, and fits nothing', async () => {
  using key = new Secret(Buffer.from(known));
  const none = [
    '',
    'plain',
    `${foreign[0]}x`,
    (foreign[0] as string).replace('$2y$', '$2x$'),
    '$2b$99$ZbcdefghijklmnopqrstuuGCVOVUmA6gu5MMiWvjdfThIhHGgSCo6',
    '$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$aGFzaGhhc2g',
  ];
  for (const hash of none) {
    expect(costOf(hash)).toBeUndefined();
    expect(await fits(key, hash)).toBe(false);
  }
  expect(foreign.map(costOf)).toEqual([4, 5, 4]);
});

test('a hash has the cost that was asked for', async () => {
  using key = generateApiKey();
  const hash = await hashKey(key, 4);
  expect(hash).toMatch(/^\$2b\$04\$/);
  expect(await fits(key, hash)).toBe(true);
});
