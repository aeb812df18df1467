import { classOf } from './digit-classes.ts';
import { shortestBase58, shortestBase85 } from './least-lengths.ts';
import type { OnWriting } from '#evidence/on-writing';
import { isApart, mayBe } from '#evidence/writing-signs';

/*
 * Bytes written as one long number, or in digits of other bases than 16, 32 and 64: binary digits, decimal ones, base58 (Bitcoin), base85 (Ascii85, RFC 1924,
 * ZeroMQ's Z85), and base32 with other alphabets than RFC 4648's first (its base32hex, D. Crockford's, z-base-32).
 */

const lower = 'abcdefghijklmnopqrstuvwxyz';
const upper = lower.toUpperCase();
const decimal = '0123456789';
const ascii85 = String.fromCharCode(...Array.from({ length: 85 }, (_, i) => 33 + i));
const rfc1924 = `${decimal}${upper}${lower}!#$%&()*+-;<=>?@^_\`{|}~`;
const z85 = `${decimal}${lower}${upper}.-:+=^!/*?&<>()[]{}@%$#`;

interface Digits {
  /** Of a text that may have such digits. */
  readonly sign: number;
  /** Value of each digit, or 255. */
  readonly values: Uint8Array;
  /** Fewest that are worth a look. */
  readonly shortest: number;
  /** Most, where reading them takes time by their square. */
  readonly longest: number;
  /** Whether a run may be such digits by the kinds of its signs. */
  readonly fits: (text: Uint8Array, from: number, to: number) => boolean;
  readonly decode: (values: Uint8Array) => readonly Uint8Array[];
}

const lowerKind = 1;
const upperKind = 2;
const decimalKind = 4;
const otherKind = 8;

const kindOf = Uint8Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  if (lower.includes(character)) return lowerKind;
  if (upper.includes(character)) return upperKind;
  return decimal.includes(character) ? decimalKind : otherKind;
});

const anyKind = () => true;
const ofKinds = (fits: (kinds: number) => boolean) => (text: Uint8Array, from: number, to: number) =>
  fits(kindsOf(text, from, to));
const oneCase = ofKinds(
  (kinds) =>
    (kinds & decimalKind) !== 0 &&
    (kinds & (lowerKind | upperKind)) !== (lowerKind | upperKind) &&
    kinds !== decimalKind,
);
const mixed = ofKinds((kinds) => (kinds & 7) === 7);

/** Of digits of base85, a quarter are signs that base64 does not have, and no kind of them is most: other texts are words, and full of quotes. */
function isEven(text: Uint8Array, from: number, to: number): boolean {
  let [signs, small, quotes] = [0, 0, 0];
  for (let i = from; i < to; i++) {
    const byte = text[i] as number;
    if (byte === 0x22) quotes++;
    if (classOf[byte] === 0) signs++;
    else if (kindOf[byte] === lowerKind) small++;
  }
  const length = to - from;
  if (signs * 10 < length || small * 20 > length * 11 || quotes * 12 > length) return false;
  return kindsOf(text, from, to) === 15;
}

const bases: readonly Digits[] = [
  {
    sign: mayBe.longDigits,
    values: valuesOf('01'),
    shortest: 136,
    longest: 1 << 24,
    fits: anyKind,
    decode: (values) => [packed(values, 1)],
  },
  {
    sign: mayBe.longDigits,
    values: valuesOf(decimal),
    shortest: shortestBase85,
    longest: 2048,
    fits: anyKind,
    decode: (values) => numberBytes(values, 10n),
  },
  {
    sign: mayBe.longDigits,
    values: valuesOf(`123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz`),
    shortest: shortestBase58,
    longest: 1024,
    fits: mixed,
    decode: (values) => numberBytes(values, 58n).slice(0, 1),
  },
  ...[
    `${decimal}${upper.slice(0, 22)}`,
    `${decimal}ABCDEFGHJKMNPQRSTVWXYZ`,
    'ybndrfg8ejkmcpqxot1uwisza345h769',
  ].flatMap(
    (alphabet): Digits => ({
      sign: mayBe.longDigits,
      values: valuesOf(alphabet, true),
      shortest: 28,
      longest: 1 << 24,
      fits: oneCase,
      decode: (values) => [packed(values, 5)],
    }),
  ),
  ...[ascii85, rfc1924, z85].map(
    (alphabet): Digits => ({
      sign: mayBe.base85,
      values: valuesOf(alphabet),
      shortest: shortestBase85,
      longest: 1 << 24,
      fits: isEven,
      decode: (values) => base85Bytes(values),
    }),
  ),
];

function valuesOf(alphabet: string, anyCase = false): Uint8Array {
  const table = new Uint8Array(256).fill(255);
  for (const [value, byte] of Buffer.from(alphabet).entries()) {
    table[byte] = value;
    const other = String.fromCharCode(byte);
    if (!anyCase) continue;
    table[other.toUpperCase().charCodeAt(0)] = value;
    table[other.toLowerCase().charCodeAt(0)] = value;
  }
  return table;
}

/** Finds runs of such digits in `text[start … end)`. `signs`: those of the text (`mayBe`). */
export function findDenseDigits(
  text: Uint8Array,
  start: number,
  end: number,
  signs: number,
  found: OnWriting,
): void {
  for (const base of bases) if ((signs & base.sign) !== 0) findRuns(base, text, start, end, found);
}

/** Looks at every byte that a shortest run would have, and from there both ways. */
function findRuns(
  { values, shortest, longest, fits, decode }: Digits,
  text: Uint8Array,
  start: number,
  end: number,
  found: OnWriting,
): void {
  let first = start;
  for (let probe = first + shortest - 1; probe < end; probe = first + shortest - 1) {
    let at = probe;
    while (at >= first && values[text[at] as number] !== 255) at--;
    if (at >= first) {
      first = at + 1;
      continue;
    }
    let after = probe;
    while (after < end && values[text[after] as number] !== 255) after++;
    if (after - first <= longest && isApart(text, first, after, start, end) && fits(text, first, after)) {
      // no view: a Buffer's `slice` would be one
      const digits = Uint8Array.from(text.subarray(first, after));
      for (let i = 0; i < digits.length; i++) digits[i] = values[digits[i] as number] as number;
      for (const bytes of decode(digits)) found(bytes, first, after);
    }
    first = after + 1;
  }
}

function kindsOf(text: Uint8Array, from: number, to: number): number {
  let kinds = 0;
  for (let i = from; i < to; i++) kinds |= kindOf[text[i] as number] as number;
  return kinds;
}

/** Digits of `width` bits, from the highest on. */
function packed(values: Uint8Array, width: number): Uint8Array {
  const bytes = new Uint8Array((values.length * width) >> 3);
  let [pending, bits, at] = [0, 0, 0];
  for (const value of values) {
    pending = ((pending << width) | value) & 0xffff;
    bits += width;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at++] = pending >> bits;
  }
  return bytes;
}

/** The bytes of one number, the highest first, and the lowest first. */
function numberBytes(values: Uint8Array, base: bigint): Uint8Array[] {
  let number = 0n;
  for (const value of values) number = number * base + BigInt(value);
  const hex = number.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return [bytes, Buffer.from(bytes).reverse()];
}

/** Four bytes in five digits; a last group of fewer digits is filled up with the highest (PostScript Language Reference, "ASCII85Encode Filter"). */
function base85Bytes(values: Uint8Array): Uint8Array[] {
  const bytes = new Uint8Array(Math.floor((values.length * 4) / 5));
  let at = 0;
  for (let i = 0; i < values.length; i += 5) {
    let number = 0;
    for (let k = 0; k < 5; k++)
      number = number * 85 + (i + k < values.length ? (values[i + k] as number) : 84);
    if (number > 0xffffffff) return [];
    for (let shift = 24; shift >= 0 && at < bytes.length; shift -= 8) bytes[at++] = (number >>> shift) & 0xff;
  }
  return [bytes];
}
