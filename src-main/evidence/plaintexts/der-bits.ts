/*
 * How strongly bytes look like being DER (ITU-T X.690): keys, certificates, PKCS #12. A tree is drawn element by element: a tag of a few, a length that fills the rest of
 * its parent half of the time and is any other that fits else, contents of which nothing is expected. That is a probability over strings, so its ratio to noise is an e-value.
 */

/** Tags and how often each is drawn: SEQUENCE, INTEGER, OBJECT IDENTIFIER, OCTET STRING, context tags, SET, BIT STRING, NULL, strings, times. */
const tagShares = new Map<number, number>([
  [0x30, 0.3],
  [0x02, 0.14],
  [0x06, 0.16],
  [0x04, 0.12],
  [0xa0, 0.06],
  [0x31, 0.06],
  [0x03, 0.04],
  [0x05, 0.04],
  [0x0c, 0.02],
  [0x13, 0.02],
  [0x17, 0.01],
  [0xa1, 0.01],
  [0x80, 0.01],
  [0xa3, 0.01],
]);
const isConstructed = (tag: number): boolean => (tag & 0x20) !== 0;
const deepest = 32;

/** The evidence in bits that all of `bytes` is one element; `-Infinity` where it is none. */
export function derBits(bytes: Uint8Array): number {
  return elementsBits(bytes, 0, bytes.length, 0);
}

function elementsBits(bytes: Uint8Array, from: number, to: number, depth: number): number {
  if (depth > deepest) return 0;
  let bits = 0;
  let at = from;
  while (at < to) {
    const share = tagShares.get(bytes[at] as number);
    if (share === undefined || at + 2 > to) return Number.NEGATIVE_INFINITY;
    const tag = bytes[at] as number;
    const first = bytes[at + 1] as number;
    const more = first < 0x80 ? 0 : first & 0x7f;
    if (more > 3 || first === 0x80 || at + 2 + more > to) return Number.NEGATIVE_INFINITY;
    let length = more === 0 ? first : 0;
    for (let i = 0; i < more; i++) length = length * 256 + (bytes[at + 2 + i] as number);
    // the shortest form only, or several would stand for one length
    if (more > 0 && length < (more === 1 ? 128 : 256 ** (more - 1))) return Number.NEGATIVE_INFINITY;
    const start = at + 2 + more;
    if (start + length > to) return Number.NEGATIVE_INFINITY;
    // the length is drawn: what is left of the parent, or any that is less
    const left = to - start;
    const lengthShare = length === left ? 1 / 2 : 1 / (2 * Math.max(1, left));
    bits += 8 + Math.log2(share) + 8 * (1 + more) + Math.log2(lengthShare);
    if (isConstructed(tag)) {
      const inside = elementsBits(bytes, start, start + length, depth + 1);
      if (inside === Number.NEGATIVE_INFINITY) return inside;
      bits += inside;
    }
    at = start + length;
  }
  return bits;
}
