import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { EncryptionKey } from '#crypto/encryption-key';
import { examineTable } from '#discovery/examine-table';
import { cleanText } from '#evidence/plaintexts/clean-text';
import type { CellShape } from '#forms/container';

/** IVs that a key makes text of by chance when they are read as a value, as one in some hundred is. */

const secret = randomBytes(32);
const key = new EncryptionKey(Buffer.from(secret));
const rows = [...Array(16).keys()];
const table = { schema: 'public', name: 't' };

const seal = (iv: Buffer, plain: string) => {
  const cipher = createCipheriv('aes-256-cfb', secret, iv);
  return Buffer.concat([cipher.update(plain), cipher.final()]);
};
const plain = (i: number) =>
  i % 4 === 0 ? `a longer one, which shows the key by itself ${i}` : `pw-${i * 7919}`;

/** Sixteen bytes whose digits read as base64 are an IV and a body that decrypts to text. */
function unluckyIv(write: (iv: Buffer) => string): Buffer {
  for (;;) {
    const iv = randomBytes(16);
    const read = Buffer.from(write(iv), 'base64');
    const decipher = createDecipheriv('aes-256-cfb', secret, read.subarray(0, 16));
    if (cleanText.accepts(decipher.update(read.subarray(16)))) return iv;
  }
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const base32 = (bytes: Buffer) => {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? [])
    .map((five) => alphabet[Number.parseInt(five.padEnd(5, '0'), 2)])
    .join('');
};
const writings = { hex: (iv: Buffer) => iv.toString('hex'), base32 };

const examine = (columns: Readonly<Record<string, readonly string[]>>, shape: CellShape) => {
  const named = Object.entries(columns);
  return examineTable(
    table,
    {
      columns: named.map(([name]) => ({ name, type: 'text', shape, generated: false }) as never),
      rows: (named[0] as [string, readonly string[]])[1].map((_, i) =>
        named.map(([, cells]) => Buffer.from(cells[i] as string)),
      ),
      unread: [],
    },
    key,
    [],
  );
};

describe('an IV that reads as a short value by chance', () => {
  test.for(Object.keys(writings) as (keyof typeof writings)[])(
    'is told to be the IV of a map by id, in %s',
    async (writing) => {
      const write = writings[writing];
      for (let round = 0; round < 5; round++) {
        const documents = rows.map((i) => {
          const iv = i === 3 ? unluckyIv(write) : randomBytes(16);
          const data = seal(iv, plain(i)).toString('hex');
          return JSON.stringify({ kind: 'smtp', [`k${i}`]: { iv: write(iv), data } });
        });
        const { candidates } = await examine({ secret: documents }, { kind: 'json' });
        expect(candidates.map(({ status, entry }) => [status, entry.path])).toEqual([['proven', '$.*.data']]);
      }
    },
  );

  test.for(Object.keys(writings) as (keyof typeof writings)[])(
    'is told to be the IV of one row, in a column of its own, in %s',
    async (writing) => {
      const write = writings[writing];
      for (let round = 0; round < 5; round++) {
        const iv = unluckyIv(write);
        const columns = { nonce: [write(iv)], data: [seal(iv, plain(0)).toString('hex')] };
        const { candidates } = await examine(columns, { kind: 'text' });
        expect(candidates.map(({ status, entry }) => [status, entry.column])).toEqual([['proven', 'data']]);
      }
    },
  );
});
