import { ivLength } from '#crypto/cfb';
import { digitBytes } from '#forms/digit-bytes';
import { type EncodingName, encodings } from '#forms/encodings';
import type { CopyBatch } from '#postgres/copy-batches';

/** Cells of these lengths may be 16 bytes: as they are, in base64, in hexadecimal, and as a UUID. */
const uuidLength = 36;
const rawLength = 16;
const base64Lengths = [22, 24];
const hexLength = 32;

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
  const read = (encoding: EncodingName) =>
    digitBytes[encoding]?.read(data, start, start + length, out, at) === ivLength;
  if (length === rawLength) return read('raw');
  if (length === hexLength) return read('hex');
  return base64Lengths.includes(length) && (read('base64') || read('base64url'));
}
