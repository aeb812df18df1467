import { ivLength } from '#crypto/cfb';
import { digitBytes } from '#forms/digit-bytes';
import { encodings } from '#forms/encodings';
import type { CopyBatch } from '#postgres/copy-batches';

/** Cells of these lengths may be 16 bytes: as they are, in base64, in hexadecimal, and as a UUID. */
const uuidLength = 36;
const digitsOf: Readonly<Record<number, readonly ('raw' | 'base64' | 'base64url' | 'hex')[]>> = {
  16: ['raw'],
  22: ['base64', 'base64url'],
  24: ['base64', 'base64url'],
  32: ['hex'],
};

/** Writes the 16 bytes that a cell as a whole stands for to `out` at `at`; false where it stands for none. */
export function readCellIv(
  { data, starts, lengths }: CopyBatch,
  cell: number,
  out: Uint8Array,
  at: number,
): boolean {
  const length = lengths[cell] as number;
  const start = starts[cell] as number;
  if (length === uuidLength) {
    const text = Buffer.from(data.subarray(start, start + length)).toString('latin1');
    const read = encodings.uuid.read(text);
    if (read) out.set(read.bytes, at);
    return read !== undefined;
  }
  return (digitsOf[length] ?? []).some(
    (encoding) => digitBytes[encoding]?.read(data, start, start + length, out, at) === ivLength,
  );
}
