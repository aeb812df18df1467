import { derBits } from './der-bits.ts';
import { unpackerOf } from '#evidence/writings/packed-bytes';
import { documentRatio } from './text-models.ts';

/*
 * How strongly bytes look like being a file or a record of a known kind, and not the noise that a wrong key makes: an e-value for each kind, as in text-bits.ts. Noise
 * begins with n given bytes with a chance of 2⁻⁸ⁿ, and ends in a checksum that fits with one of 2⁻³² or 2⁻⁶⁴.
 */

/** How files begin that nobody writes by chance: PNG, JPEG, ZIP, PDF, key stores of Java, KeePass and OpenSSL, xz, bzip2, 7z, SQLite, Java objects, property lists. */
const beginnings: readonly Buffer[] = [
  '89504e470d0a1a0a0000000d49484452',
  'ffd8ffe000104a46494600',
  '504b030414000',
  '255044462d312e',
  'feedfeed00000002000000',
  'cececece00000002000000',
  '03d9a29a67fb4bb5',
  '53616c7465645f5f',
  'fd377a585a0000',
  '425a6839314159265359',
  '377abcaf271c',
  '53514c69746520666f726d6174203300',
  'aced0005737200',
  '62706c6973743030',
].map((hex) => Buffer.from(hex.slice(0, hex.length & -2), 'hex'));

/** Trying so many kinds is paid for. */
const kindBits = 4;
/** From here on, what is a record is a record; and a number could not hold it. */
const plentyBits = 900;

/** The kinds that bytes may be by their first 32, as what judges all of them in bits; undefined where they are none. */
export function structureOf(start: Uint8Array): ((plain: Uint8Array) => number) | undefined {
  if (!mayBegin[start[0] as number] && !mayBeRecord(start)) return undefined;
  const judges: ((plain: Uint8Array) => number)[] = [];
  const known = beginnings.find((beginning) => beginning.every((byte, i) => start[i] === byte));
  if (known) judges.push(() => 8 * known.length - kindBits);
  if (unpackerOf(start)) judges.push(packedBits);
  if (isZstd(start)) judges.push(zstdBits);
  if (start[0] === 0x30) judges.push(derBits);
  if (recordBits(start.subarray(0, 16)) >= worthReading) judges.push(recordBits);
  if (judges.length === 0) return undefined;
  return (plain) => Math.min(plentyBits, Math.max(...judges.map((judge) => judge(plain))));
}

/** gzip begins with 24 given bits and ends in a CRC and a length; zlib begins with 11 and ends in an Adler-32. Where the end is may be chosen. */
function packedBits(plain: Uint8Array): number {
  const unpack = unpackerOf(plain);
  try {
    unpack?.(plain, { maxOutputLength: maxChecked }).fill(0);
  } catch {
    return 0;
  }
  const fixed = plain[0] === 0x1f ? 24 + 64 : plain[0] === 0x28 ? 0 : 11 + 32;
  return fixed - Math.log2(plain.length);
}

const maxChecked = 1 << 24;

function isZstd(start: Uint8Array): boolean {
  return start[0] === 0x28 && start[1] === 0xb5 && start[2] === 0x2f && start[3] === 0xfd;
}

/** A frame of zstd (RFC 8878, 3.1.1): 32 given bits, one reserved, and blocks of 21 bits of length, of which the last ends where the bytes do. */
function zstdBits(plain: Uint8Array): number {
  const descriptor = plain[4] as number;
  const single = (descriptor & 0x20) !== 0;
  const sizeLength = [single ? 1 : 0, 2, 4, 8][descriptor >> 6] as number;
  const idLength = [0, 1, 2, 4][descriptor & 3] as number;
  let at = 5 + (single ? 0 : 1) + idLength + sizeLength;
  const end = plain.length - ((descriptor & 4) === 0 ? 0 : 4);
  let bits = 33;
  while (at + 3 <= end) {
    const header =
      (plain[at] as number) | ((plain[at + 1] as number) << 8) | ((plain[at + 2] as number) << 16);
    const length = ((header >> 1) & 3) === 1 ? 1 : header >> 3;
    const isLast = (header & 1) !== 0;
    at += 3 + length;
    // any length that fits might have been there
    if (isLast) return at === end ? bits + 21 : 0;
    bits += 21 - Math.log2(end);
  }
  return 0;
}

/** Bits of the first block from which it is worth reading on. */
const worthReading = 8;

/** Texts in a binary frame, as MessagePack, Protocol Buffers, CBOR, BSON or UTF-16 write them: shares of characters, zeros, small numbers and the rest. */
const recordRatio = Float64Array.from({ length: 256 }, (_, byte) => {
  if (byte === 0) return 256 * 0.08;
  if (byte < 0x20) return (256 * 0.1) / 31;
  if (byte > 0x7e) return (256 * 0.12) / 129;
  return 0.7 * (documentRatio[byte] as number);
});

/** The first bytes that files begin with. */
const mayBegin = Array.from(
  { length: 256 },
  (_, byte) =>
    byte === 0x1f ||
    byte === 0x28 ||
    byte === 0x30 ||
    (byte & 0x8f) === 8 ||
    beginnings.some(([first]) => first === byte),
);

/** Whether the first bytes are rather those of a record: most noise is told from these. */
function mayBeRecord(start: Uint8Array): boolean {
  let product = 1;
  for (let i = 0; i < 8; i++) product *= recordRatio[start[i] as number] as number;
  return product >= 2;
}

function recordBits(plain: Uint8Array): number {
  let bits = 0;
  let product = 1;
  for (const byte of plain) {
    product *= recordRatio[byte] as number;
    if (product < 1e200 && product > 1e-200) continue;
    bits += Math.log2(product);
    product = 1;
  }
  return bits + Math.log2(product);
}
