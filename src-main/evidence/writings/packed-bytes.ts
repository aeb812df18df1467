import * as zlib from 'node:zlib';

/** Bytes that a packed text may unpack to; the rest of it is not read. */
const maxUnpacked = 1 << 24;

type Unpack = (bytes: Uint8Array, options: { maxOutputLength: number; finishFlush?: number }) => Buffer;

/** Not in every runtime that Keel runs in. */
const zstd = (zlib as { zstdDecompressSync?: Unpack }).zstdDecompressSync;

/** What bytes hold that gzip (RFC 1952), zlib (RFC 1950) or zstd (RFC 8878) packed; undefined where they are none of these, and `large` where it is too much. */
export function unpacked(bytes: Uint8Array): Uint8Array | 'large' | undefined {
  const unpack = unpackerOf(bytes);
  if (!unpack) return undefined;
  try {
    return unpack(bytes, { maxOutputLength: maxUnpacked });
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? 'large' : undefined;
  }
}

/** Whether bytes begin as packed ones do. */
export function unpackerOf(bytes: Uint8Array): Unpack | undefined {
  const [first, second] = [bytes[0] as number, bytes[1] as number];
  if (first === 0x1f && second === 0x8b && bytes[2] === 8) return zlib.gunzipSync;
  if ((first & 0x8f) === 8 && ((first << 8) | second) % 31 === 0 && (second & 0x20) === 0)
    return zlib.inflateSync;
  const isZstd = first === 0x28 && second === 0xb5 && bytes[2] === 0x2f && bytes[3] === 0xfd;
  return isZstd ? zstd : undefined;
}
