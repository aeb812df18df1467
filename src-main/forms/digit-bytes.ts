import type { EncodingName } from './encodings.ts';

/**
 * An encoding over bytes in place, for what almost every value is: canonical digits without breaks. What `read` answers with −1, the
 * encoding itself (`encodings.ts`) may still read. New bytes of the same number take the same room, padding included.
 */
export interface DigitBytes {
  /** Decodes `data` from `from` to `to` into `out` at `at`, which has room for as many bytes. The number of bytes, or −1. */
  read(data: Uint8Array, from: number, to: number, out: Uint8Array, at: number): number;
  /** Puts so many other bytes in the place of those that are at `to` in `data`, in the manner in which they are there. */
  write(bytes: Uint8Array, from: number, length: number, data: Uint8Array, to: number): void;
  /** Whether this is a digit, or may be among or after digits. */
  holds(byte: number): boolean;
}

const equals = 0x3d;

/** Two digits at once: by both their bytes, what they stand for; −1 where one is no digit. */
function pairValues(digits: Uint8Array): Int16Array {
  const values = new Int16Array(1 << 16).fill(-1);
  for (const [high, first] of digits.entries()) {
    for (const [low, second] of digits.entries()) values[first | (second << 8)] = (high << 6) | low;
  }
  return values;
}

/** What twelve bits are written as: both bytes, the first in the low eight bits. */
function pairDigits(digits: Uint8Array): Uint16Array {
  return Uint16Array.from(
    { length: 1 << 12 },
    (_, bits) => (digits[bits >> 6] as number) | ((digits[bits & 63] as number) << 8),
  );
}

/** RFC 4648, sections 4 and 5, padded or not. */
function base64Bytes(alphabet: string): DigitBytes {
  const digits = Buffer.from(alphabet, 'latin1');
  const values = pairValues(digits);
  const written = pairDigits(digits);
  const isDigit = new Uint8Array(256);
  for (const digit of digits) isDigit[digit] = 1;
  const value = (byte: number) => (values[byte | ((digits[0] as number) << 8)] as number) >> 6;
  return {
    read(data, from, to, out, at) {
      let end = to;
      if (end > from && data[end - 1] === equals) end--;
      if (end > from && data[end - 1] === equals) end--;
      const spare = (end - from) & 3;
      // what is padded is padded to whole groups
      if (end < to && (to - from) % 4 !== 0) return -1;
      if (spare === 1 || (end < to && spare === 0)) return -1;
      const whole = end - spare;
      let next = at;
      for (let i = from; i < whole; i += 4) {
        const high = values[(data[i] as number) | ((data[i + 1] as number) << 8)] as number;
        const low = values[(data[i + 2] as number) | ((data[i + 3] as number) << 8)] as number;
        if ((high | low) < 0) return -1;
        out[next++] = high >> 4;
        out[next++] = (high << 4) | (low >> 8);
        out[next++] = low;
      }
      if (spare > 0) {
        const high = values[(data[whole] as number) | ((data[whole + 1] as number) << 8)] as number;
        const last = spare === 3 ? value(data[whole + 2] as number) : 0;
        // bits that stand for nothing are zero
        if (high < 0 || last < 0 || (spare === 3 ? last & 3 : high & 15) !== 0) return -1;
        out[next++] = high >> 4;
        if (spare === 3) out[next++] = (high << 4) | (last >> 2);
      }
      return next - at;
    },
    write(bytes, from, length, data, to) {
      let at = to;
      const whole = from + length - (length % 3);
      for (let i = from; i < whole; i += 3) {
        const middle = bytes[i + 1] as number;
        const high = written[((bytes[i] as number) << 4) | (middle >> 4)] as number;
        const low = written[((middle & 15) << 8) | (bytes[i + 2] as number)] as number;
        data[at++] = high;
        data[at++] = high >> 8;
        data[at++] = low;
        data[at++] = low >> 8;
      }
      const spare = length % 3;
      if (spare === 0) return;
      const middle = spare === 2 ? (bytes[whole + 1] as number) : 0;
      const high = written[((bytes[whole] as number) << 4) | (middle >> 4)] as number;
      data[at++] = high;
      data[at++] = high >> 8;
      if (spare === 2) data[at] = digits[(middle & 15) << 2] as number;
    },
    holds: (byte) => isDigit[byte] === 1 || byte === equals,
  };
}

const lowerDigits = Buffer.from('0123456789abcdef', 'latin1');
const upperDigits = Buffer.from('0123456789ABCDEF', 'latin1');
/** Of a digit with a case, beside its value. */
const isLower = 0x10;
const isUpper = 0x20;
const isNone = 0x40;
const hexValues = new Uint8Array(256).fill(isNone);
for (let value = 0; value < 16; value++) {
  hexValues[upperDigits[value] as number] = value | (value < 10 ? 0 : isUpper);
  hexValues[lowerDigits[value] as number] = value | (value < 10 ? 0 : isLower);
}

/** Two digits a byte, in lower case where nothing shows another. */
export const hexBytes: DigitBytes = {
  read(data, from, to, out, at) {
    if ((to - from) % 2 !== 0) return -1;
    let seen = 0;
    let next = at;
    for (let i = from; i < to; i += 2) {
      const high = hexValues[data[i] as number] as number;
      const low = hexValues[data[i + 1] as number] as number;
      seen |= high | low;
      out[next++] = (high << 4) | (low & 15);
    }
    const cases = seen & (isLower | isUpper);
    // without a letter, others have to tell the case of what takes its place
    return (seen & isNone) !== 0 || (cases !== isLower && cases !== isUpper) ? -1 : next - at;
  },
  write(bytes, from, length, data, to) {
    let digits = lowerDigits;
    for (let i = 0; i < 2 * length; i++) {
      if (((hexValues[data[to + i] as number] as number) & isUpper) !== 0) digits = upperDigits;
    }
    let at = to;
    for (let i = from; i < from + length; i++) {
      data[at++] = digits[(bytes[i] as number) >> 4] as number;
      data[at++] = digits[(bytes[i] as number) & 15] as number;
    }
  },
  holds: (byte) => hexValues[byte] !== isNone,
};

const raw: DigitBytes = {
  read(data, from, to, out, at) {
    if (to - from > 64) out.set(data.subarray(from, to), at);
    else for (let i = from, next = at; i < to; i++) out[next++] = data[i] as number;
    return to - from;
  },
  write(bytes, from, length, data, to) {
    data.set(bytes.subarray(from, from + length), to);
  },
  holds: () => true,
};

const alphanumeric = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Those encodings that are read in place. */
export const digitBytes: Partial<Record<EncodingName, DigitBytes>> = {
  base64: base64Bytes(`${alphanumeric}+/`),
  base64url: base64Bytes(`${alphanumeric}-_`),
  hex: hexBytes,
  raw,
};
