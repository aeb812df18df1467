import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { halves, ivSources } from '#discovery/iv/iv-sources';

const iv = randomBytes(16);
const hex = iv.toString('hex');
const numbers = [...iv];
const words = [0, 4, 8, 12].map((at) => iv.readInt32BE(at));
const hashOf = (name: string, text: string) => createHash(name).update(text).digest().subarray(0, 16);

/** What sources a cell has, as hex. */
const sourcesOf = (cell: string | Buffer) =>
  Array.from(ivSources(Buffer.from(cell as string)), ([, bytes]) => Buffer.from(bytes).toString('hex'));

describe('an IV is told from', () => {
  test.for<[string, string | Buffer]>([
    ['bytes', iv],
    ['bytes after a header', Buffer.concat([Buffer.from([1, 2, 3, 4]), iv])],
    ['hex after a prefix', `iv:${hex}`],
    ['base64 in key=value text', `alg=A256CFB;nonce=${iv.toString('base64')};v=1`],
    ['numbers of a JSON array, after a text with digits', `{"ct":"a1B2c3+4/5","iv":[${numbers.join(', ')}]}`],
    ['a Buffer as JavaScript writes it', JSON.stringify(iv)],
    ['a Uint8Array as JavaScript writes it', JSON.stringify(new Uint8Array(iv))],
    ['words of CryptoJS', JSON.stringify({ words, sigBytes: 16 })],
    ['an array of the server', `{${numbers.join(',')}}`],
    ['a number', BigInt(`0x${hex}`).toString()],
    ['an address', (hex.match(/.{4}/g) as string[]).join(':')],
  ])('%s', ([, cell]) => {
    expect(sourcesOf(cell)).toContain(hex);
  });

  test('a hash of a cell, and a cell filled up', () => {
    for (const name of ['md5', 'sha1', 'sha256']) {
      expect(sourcesOf('42')).toContain(hashOf(name, '42').toString('hex'));
    }
    expect(sourcesOf('42')).toContain(Buffer.from('42'.padStart(16, '0')).toString('hex'));
    expect(sourcesOf('42')).toContain(Buffer.from('42'.padEnd(16, '\0')).toString('hex'));
    expect(sourcesOf('someone@example.org')).toContain(Buffer.from('someone@example.').toString('hex'));
  });

  test('two numbers of 64 bits', () => {
    const [high, low] = [iv.readBigInt64BE(0), iv.readBigInt64BE(8)].map((one) => Buffer.from(String(one)));
    const found = Array.from(halves(high as Buffer, low as Buffer), ([, bytes]) =>
      Buffer.from(bytes).toString('hex'),
    );
    expect(found).toContain(hex);
  });
});

test('no cell is too odd to be looked at', () => {
  for (const cell of ['', '::', '1:2:3:4:5:6:7:8:9', '{}', '-', '9'.repeat(60), randomBytes(300)]) {
    expect(() => sourcesOf(cell)).not.toThrow();
  }
});
