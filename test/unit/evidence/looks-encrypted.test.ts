import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { looksEncrypted, looksLikeNoise } from '#evidence/looks-encrypted';
import { parseLayout } from '#forms/layout';
import { encrypt, forms, isDocument, salts } from '#test/support/forms/foreign-cells';

const key = randomBytes(32);
const many = <T>(make: (i: number) => T, count = 12) => Array.from({ length: count }, (_, i) => make(i));
const sealed = (i: number) => encrypt(key, 'cfb128', Buffer.from(`a secret of its own ${'x'.repeat(i)}`));
const looks = (layout: string, texts: readonly (string | Buffer)[]) =>
  looksEncrypted(
    parseLayout(layout),
    texts.map((text) => Buffer.from(text).toString('latin1')),
  );

const joined = forms.filter(({ layout }) => !salts(layout) && !isDocument(layout));

describe('cells look encrypted', () => {
  test.for(joined.map((form) => [form.name, form] as const))('in the form of %s', ([, form]) => {
    const cells = many((i) => form.write({ ...sealed(i), salt: Buffer.alloc(0) }));
    expect(looks(form.layout, cells)).toBe(true);
  });

  test('although a few of them are of another form', () => {
    const cells = many((i) => Buffer.concat(Object.values(sealed(i))).toString('base64'));
    expect(looks('base64', [...cells, '', 'plain'])).toBe(true);
  });
});

describe('cells do not look encrypted', () => {
  const base64 = (bytes: Buffer) => bytes.toString('base64');
  test.for([
    [
      'hashes, which are all of one length',
      'hex',
      many((i) => createHash('sha256').update(`${i}`).digest('hex')),
    ],
    ['random tokens of one length', 'base64', many(() => base64(randomBytes(32)))],
    ['identifiers', 'base64', many(() => randomUUID())],
    [
      'text written in base64',
      'base64',
      many((i) => base64(Buffer.from(`readable text, number ${'i'.repeat(i)}`))),
    ],
    ['text', 'raw', many((i) => `readable text, number ${'i'.repeat(i)}`)],
    ['bytes with a pattern', 'base64', many((i) => base64(Buffer.alloc(40 + i, 0x80 + i)))],
    ['the same ciphertext over and over', 'base64', many((i) => base64(Buffer.alloc(32, 0xf1).fill(i, 16)))],
    ['too few to tell', 'base64', many((i) => base64(randomBytes(30 + i)), 2)],
    [
      'mostly of another form',
      'base64',
      [...many((i) => base64(randomBytes(30 + i)), 6), ...many(() => 'plain!', 6)],
    ],
    ['nothing', 'base64', []],
  ] as const)('that are %s', ([, layout, cells]) => {
    expect(looks(layout, cells)).toBe(false);
  });

  test('that begin with one IV twice', () => {
    const cells = many((i) => Buffer.concat(Object.values(sealed(i))));
    const twin = Buffer.concat([(cells[0] as Buffer).subarray(0, 16), randomBytes(30)]);
    expect(looks('base64', cells.map(base64))).toBe(true);
    expect(looks('base64', [...cells, twin].map(base64))).toBe(false);
  });
});

describe('texts in a writing that is not known', () => {
  const written = (i: number) => randomBytes(40 + i).toString('base64');
  test.for<[string, (i: number) => string]>([
    ['base64 backwards', (i) => Array.from(written(i)).toReversed().join('')],
    [
      'an alphabet of its own',
      (i) => written(i).replaceAll('+', '~').replaceAll('/', '!').replaceAll('=', '.'),
    ],
    [
      'hexadecimal digits as letters',
      (i) =>
        randomBytes(40 + i)
          .toString('hex')
          .replace(/\d/g, (d) => 'ghijklmnop'[Number(d)] as string),
    ],
  ])('look like noise: %s', ([, write]) => {
    expect(looksLikeNoise([...Array(20).keys()].map(write))).toBe(true);
  });

  test.for<[string, (i: number) => string]>([
    ['words without spaces', (i) => `correct-horse-battery-staple-number-${i * 7919}-${'x'.repeat(i)}`],
    ['addresses', (i) => `https://example.org/${randomBytes(20 + i).toString('base64url')}`],
    ['UUIDs', () => randomUUID()],
    ['paths', (i) => `${i}/var/lib/postgresql/data/base/${i * 1234}/pg_filenode.map/${'a'.repeat(i)}`],
    ['mail addresses', (i) => `${'abcdefghij'[i % 10]}${i}.first.last.name@department-${i}.example.org`],
  ])('do not: %s', ([, write]) => {
    expect(looksLikeNoise([...Array(20).keys()].map(write))).toBe(false);
  });
});
