import { createHash } from 'node:crypto';
import { ivLength } from '#crypto/cfb';
import { encodings } from '#forms/encodings';
import type { Field } from '#postgres/copy-binary';
import { spanEncodings, stretches } from '#discovery/runs';

/*
 * Where an application may take an IV from, in forms that Keel does not write: numbers in an array, a Buffer as JavaScript serialises it,
 * words of CryptoJS, a part of a longer text, a number's digits, the hash of another cell. A hit shows that the IV is not the
 * beginning of the run, and that is all it is for.
 */

/** Longer cells are content; what stands around an IV is short. */
const longestCell = 4_096;
const windowsOf = 64;

/** Sixteen bytes that may be an IV, by how they are derived: the same derivation has to fit in every row. */
export function* ivSources(cell: Field): Generator<readonly [derivation: string, iv: Uint8Array]> {
  if (!cell || cell.length === 0 || cell.length > longestCell) return;
  const text = cell.toString('latin1');
  yield* windows('bytes', cell);
  for (const hash of ['md5', 'sha1', 'sha256'] as const) {
    yield [hash, createHash(hash).update(cell).digest().subarray(0, ivLength)];
  }
  for (const [fill, name] of [
    ['\0', 'zero bytes'],
    [' ', 'blanks'],
    ['0', 'zeros'],
  ] as const) {
    yield [`padded with ${name}`, Buffer.from(text.slice(0, ivLength).padEnd(ivLength, fill), 'latin1')];
    yield [
      `padded in front with ${name}`,
      Buffer.from(text.slice(-ivLength).padStart(ivLength, fill), 'latin1'),
    ];
  }
  if (/^-?\d{1,39}$/.test(text)) yield* numberBytes(BigInt(text));
  yield* addressBytes(text);
  yield* arrayBytes(text);
  for (const encoding of spanEncodings) {
    for (const { from, to } of stretches(text, encoding).slice(0, 12)) {
      const bytes = encodings[encoding].read(text.slice(from, to))?.bytes;
      if (bytes) yield* windows(encoding, bytes);
    }
  }
}

/** Every stretch of 16 bytes, for short ones; else the first and the last. */
function* windows(derivation: string, bytes: Buffer): Generator<readonly [string, Uint8Array]> {
  if (bytes.length < ivLength) return;
  const last = bytes.length - ivLength;
  for (let at = 0; at <= Math.min(last, windowsOf); at++) {
    yield [`${derivation} from ${at}`, bytes.subarray(at, at + ivLength)];
  }
  yield [`${derivation} at the end`, bytes.subarray(last)];
  yield [`${derivation} reversed`, Buffer.from(bytes.subarray(0, ivLength)).reverse()];
}

function* numberBytes(number: bigint): Generator<readonly [string, Uint8Array]> {
  const hex = BigInt.asUintN(128, number).toString(16).padStart(32, '0');
  const bytes = Buffer.from(hex, 'hex');
  yield ['a number', bytes];
  yield ['a number, reversed', Buffer.from(bytes).reverse()];
}

/** An IPv6 address in full. */
function* addressBytes(text: string): Generator<readonly [string, Uint8Array]> {
  const address = /^([\da-f:]{2,39})(?:\/\d+)?$/i.exec(text)?.[1];
  if (!address?.includes(':')) return;
  const [head = '', tail] = address.split('::');
  const groups = (part: string) => (part === '' ? [] : part.split(':'));
  const [front, back] = [groups(head), groups(tail ?? '')];
  const missing = 8 - front.length - back.length;
  if (missing < 0) return;
  const all = tail === undefined ? front : [...front, ...Array<string>(missing).fill('0'), ...back];
  if (all.length === 8)
    yield ['an address', Buffer.from(all.map((group) => group.padStart(4, '0')).join(''), 'hex')];
}

/** Lists of 16 numbers below 256, as arrays and buffers are written, or of four words of 32 bits. */
export function* arrayBytes(text: string): Generator<readonly [string, Uint8Array]> {
  // a Uint8Array is written with its indexes
  const indexed = text.match(/(?:"\d+"\s*:\s*\d+\s*,?\s*){16,}/g) ?? [];
  const plain = text.match(/-?\d+(?:[\s,;:]+-?\d+){3,}/g) ?? [];
  const lists = [
    ...indexed.map((list) => (list.match(/\d+/g) ?? []).filter((_, i) => i % 2 === 1)),
    ...plain.map((list) => list.match(/-?\d+/g) ?? []),
  ];
  for (const values of lists.slice(0, 8).map((list) => list.slice(0, 128).map(Number))) {
    for (let at = 0; at + ivLength <= values.length; at++) {
      const slice = values.slice(at, at + ivLength);
      if (slice.every((value) => value >= -128 && value < 256)) yield ['numbers', Uint8Array.from(slice)];
    }
    for (let at = 0; at + 4 <= Math.min(values.length, 16); at++) {
      const words = values.slice(at, at + 4);
      if (!words.every((value) => Math.abs(value) < 2 ** 32)) continue;
      const bytes = Buffer.alloc(ivLength);
      for (const [i, word] of words.entries()) bytes.writeUInt32BE(word >>> 0, i * 4);
      yield ['words', bytes];
    }
  }
}

/** Two numbers of 64 bits that may be the halves of an IV. */
export function* halves(one: Field, other: Field): Generator<readonly [string, Uint8Array]> {
  const [first, second] = [one, other].map((cell) => cell?.toString('latin1') ?? '');
  if (!/^-?\d{1,20}$/.test(first ?? '') || !/^-?\d{1,20}$/.test(second ?? '')) return;
  const bytes = Buffer.alloc(ivLength);
  bytes.writeBigUInt64BE(BigInt.asUintN(64, BigInt(first as string)), 0);
  bytes.writeBigUInt64BE(BigInt.asUintN(64, BigInt(second as string)), 8);
  yield ['two numbers', bytes];
  yield ['two numbers, reversed', Buffer.from(bytes).reverse()];
}
