import type { Segment } from '#crypto/cfb';
import { log2Choose } from '#evidence/column-assay';

/** A value that opened: its IV and body, and what was under them. */
export interface Opened {
  readonly iv: Uint8Array;
  readonly body: Uint8Array;
  readonly plaintext: Uint8Array;
}

const blockLength = 16;
/** Bytes of a value that are counted: more than this settle anything. */
const longestCounted = 256;

/** ASCII of clean text, as `cleanText` has it. */
const isCleanAscii = Array.from(
  { length: 256 },
  (_, byte) => byte === 0x09 || byte === 0x0a || byte === 0x0d || (byte >= 0x20 && byte <= 0x7e),
);

/**
 * A lower bound of the evidence for a key over values that may share IVs. What has the same cipher input is decrypted by the same
 * keystream: so many values that begin alike open with the luck of one, and bytes that are near each other open together. For each
 * place of the keystream, the bits are those of all its bytes at once: how few keystreams would make ASCII of every byte there.
 */
export function keystreamBits(segment: Segment, values: readonly Opened[]): number {
  const places = new Map<string, { readonly bytes: Set<number>; isAscii: boolean }>();
  for (const { iv, body, plaintext } of values) {
    const all = Buffer.concat([iv, body]).toString('latin1');
    for (let i = 0; i < Math.min(body.length, longestCounted); i++) {
      const from = segment === 'cfb8' ? i : i - (i % blockLength);
      const name = `${all.slice(from, from + blockLength)} ${segment === 'cfb8' ? '' : i % blockLength}`;
      const place = places.get(name) ?? { bytes: new Set(), isAscii: true };
      places.set(name, place);
      place.bytes.add(body[i] as number);
      if (!isCleanAscii[plaintext[i] as number]) place.isAscii = false;
    }
  }
  const ascii = [...places.values()].filter(({ isAscii }) => isAscii);
  const bits = ascii.reduce((sum, { bytes }) => sum + bitsOf([...bytes]), 0);
  // any other places could have been those that are not ASCII
  return Math.max(0, bits - log2Choose(places.size, ascii.length));
}

function bitsOf(bytes: readonly number[]): number {
  let count = 0;
  for (let key = 0; key < 256; key++) if (bytes.every((byte) => isCleanAscii[byte ^ key])) count++;
  return 8 - Math.log2(Math.max(1, count));
}
