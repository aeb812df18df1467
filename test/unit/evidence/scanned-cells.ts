/** Cells made by another implementation of the cipher, and what a layer's scanner finds in them. */

import { createCipheriv } from 'node:crypto';
import { EncryptionKey } from '#crypto/encryption-key';
import type { Hit } from '#evidence/scan/hit';
import { layerWithTexts } from './layer-with-texts.ts';
import { noise } from './noise.ts';

export const keys = [1, 2, 3].map((seed) => new EncryptionKey(noise(seed, 32)));
export const iv = noise(7, 16);
export const token = 'ya29.a0AfH6SMBxK3mT7qLw9Zp2Vd8YcRn4Jb6Xs1';
export const document = JSON.stringify({
  host: 'db-7.internal.example.org',
  port: 5432,
  username: 'reader_7',
  password: 'x7Gh-3_kQ!vB2',
  schema: 'public',
});

export type Cipher = 'aes-256-cfb' | 'aes-256-cfb8';

export function seal(
  text: string | Buffer,
  { key = 1, cipher = 'aes-256-cfb' as Cipher, nonce = iv } = {},
): Buffer {
  const made = createCipheriv(cipher, (keys[key] as EncryptionKey).bytes, nonce);
  return Buffer.concat([made.update(text), made.final()]);
}

export const sealed = (text: string | Buffer, options: Parameters<typeof seal>[1] = {}) =>
  Buffer.concat([options.nonce ?? iv, seal(text, options)]);

export type Cell = string | Buffer;

/** Hits of rows, each with what it made readable. */
export function scan(...rows: readonly (readonly Cell[])[]): (Hit & { text: string })[] {
  const { scanner, texts } = layerWithTexts(keys);
  for (const [row, cells] of rows.entries()) {
    for (const [column, cell] of cells.entries()) {
      // a cell stands anywhere in a larger buffer
      const around = Buffer.concat([Buffer.from('AAAA'), Buffer.from(cell as string), Buffer.from('AAAA')]);
      scanner.add(row, column, around, 4, around.length - 4, typeof cell === 'string' ? 'text' : 'bytes');
    }
  }
  return scanner.flush().map((hit) => ({ ...hit, text: texts.get(hit) as string }));
}

export const base32 = (bytes: Buffer) => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? [])
    .map((group) => alphabet[Number.parseInt(group.padEnd(5, '0'), 2)])
    .join('');
};
export const wrap = (text: string, width: number, lineEnd: string) =>
  (text.match(new RegExp(`.{1,${width}}`, 'g')) ?? []).join(lineEnd);
