import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { CoveredInPlace } from '#census/covered-in-place';
import { EncryptionKey } from '#crypto/encryption-key';
import type { CopyBatch } from '#postgres/copy-batches';
import { encrypt } from '#test/support/forms/foreign-cells';
import { leftInMemory } from '#test/support/left-in-memory';

// What a census decrypts of listed values is nowhere in memory after that, nor is the key, whose parts it tries as IVs.

const bytes = randomBytes(32);
const texts = Array.from({ length: 8 }, () => `postgres://app:${randomBytes(18).toString('hex')}@db/main`);

/** A row for each text: its ctid, which is left out here, and its ciphertext. */
function batchOf(): CopyBatch {
  const cells = texts.map((text) => {
    const { iv, body } = encrypt(bytes, 'cfb128', Buffer.from(text));
    return Buffer.concat([iv, body]).toString('base64');
  });
  const starts = new Int32Array(2 * cells.length);
  const lengths = new Int32Array(2 * cells.length);
  let at = 0;
  for (const [row, cell] of cells.entries()) {
    starts.fill(at, 2 * row, 2 * row + 2);
    lengths[2 * row + 1] = cell.length;
    at += cell.length;
  }
  const data = Buffer.from(cells.join(''));
  return { data, firstRow: 0, rows: cells.length, columns: 2, starts, lengths } as unknown as CopyBatch;
}

test('listed values that are counted in bulk leave neither their plaintexts nor the key', async () => {
  const batch = batchOf();
  let counted = 0;
  const work = async () => {
    using key = new EncryptionKey(Buffer.from(bytes));
    const columns = [{ name: 'c', shape: { kind: 'text' } }] as const;
    const entry = { schema: 'public', table: 't', column: 'c', layout: 'base64', kind: 'unknown' } as const;
    CoveredInPlace.of(columns, [entry], [key])?.read(
      batch,
      { from: 0, to: batch.rows },
      {
        isPlenty: () => true,
        count: (_, values) => (counted += values),
        misread: () => undefined,
        onPlaintext: () => undefined,
      },
    );
  };
  const keys = [bytes, bytes.subarray(0, 16), bytes.subarray(16), bytes.toString('base64').slice(0, 16)];
  expect(await leftInMemory([...keys, ...texts.map((text) => text.slice(16))], work)).toEqual([]);
  expect(counted).toBe(texts.length);
});
