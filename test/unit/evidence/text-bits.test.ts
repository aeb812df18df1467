import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { log2OfProduct, paddingOf, textBits, textRatios } from '#evidence/plaintexts/text-bits';
import {
  begin,
  cleanRatio,
  dead,
  documentRatio,
  hexRatio,
  readable,
  tokenRatio,
  wideRatio,
} from '#evidence/plaintexts/text-models';
import { noise } from './noise.ts';
import { often } from '#test/support/how-often';

const bitsOf = (text: string | Buffer) => textBits(Buffer.from(text as string));

describe('the models', () => {
  test('are probabilities: the ratios of all bytes together are 256, in every state', () => {
    const sum = (ratios: Float64Array) => ratios.reduce((a, b) => a + b, 0);
    for (const ratios of [tokenRatio, hexRatio, documentRatio]) expect(sum(ratios)).toBeCloseTo(256, 9);
    for (let state = 0; state < 32; state++) {
      for (const ratios of [cleanRatio, wideRatio]) {
        const total = sum(ratios.slice(state * 256, state * 256 + 256));
        expect(total === 0 || Math.abs(total - 256) < 1e-9).toBe(true);
      }
    }
  });

  test('read the beginning of every clean text, wherever it is cut', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), fc.nat(), fc.nat(), (text, start, end) => {
        const bytes = Buffer.from(text.replace(/[^\P{Cc}\t\n\r]/gu, ''));
        if (!isUtf8(bytes)) return;
        const from = Math.min(start % 20, bytes.length);
        const part = bytes.subarray(from, Math.max(from, bytes.length - (end % 4)));
        expect(textBits(part, 0, part.length, { wholeText: false })).toBeGreaterThan(-Infinity);
      }),
      { numRuns: 2_000 },
    );
  });

  test('read nothing with control characters, or that is not UTF-8', () => {
    for (const text of ['a\u0001b', 'abc\u007f', 'ab\u0000c', '\u009b31m'])
      expect(bitsOf(text)).toBe(-Infinity);
    for (const hex of ['c0af', '41ff42', 'eda080', 'f8888080', '41c341']) {
      expect(bitsOf(Buffer.from(hex, 'hex'))).toBe(-Infinity);
    }
  });

  test('give a table of states without a way out of the dead one', () => {
    for (let byte = 0; byte < 256; byte++) expect(readable[dead * 256 + byte]).toBe(dead);
    expect(readable[begin * 256 + 0x41]).not.toBe(dead);
  });
});

describe('evidence of text', () => {
  test.for<[string, number, number]>([
    ['aB3dE5gH7jK9lM1nO3pQ5rS7tU9vW1xY3zA5bC7d', 1.8, 2.1],
    ['{"host":"db-1.internal.example.org","port":5432,"database":"warehouse","username":"reader"}', 2.6, 3.3],
    ['deadbeef0123456789abcdef01234567', 3.5, 4],
    ['The quick brown fox jumps over the lazy dog, said the admin.', 2.4, 3],
    ['пароль от базы данных', 0.9, 1.2],
  ])('%s gives from %d to %d bits a byte', ([text, low, high]) => {
    const perByte = bitsOf(text) / Buffer.byteLength(text);
    expect(perByte).toBeGreaterThan(low);
    expect(perByte).toBeLessThan(high);
  });

  test('padding adds what its bytes say, less the choice of it', () => {
    const text = 'hunter2';
    const pkcs7 = Buffer.concat([Buffer.from(text), Buffer.alloc(9, 9)]);
    expect(bitsOf(pkcs7) - bitsOf(text)).toBeGreaterThan(60);
    expect(bitsOf(`${text}\u0001`)).toBeGreaterThan(bitsOf(text));
    expect(bitsOf(Buffer.concat([Buffer.from(text), Buffer.alloc(9)]))).toBeGreaterThan(bitsOf(text) + 60);
    expect(bitsOf(Buffer.alloc(16, 16))).toBeGreaterThan(110);
  });

  test('padding is what PKCS#7 and zeros have, and no more', () => {
    const length = (...bytes: number[]) => paddingOf(Uint8Array.from(bytes), 0, bytes.length);
    expect(length(65, 2, 2)).toBe(2);
    expect(length(65, 3, 3)).toBe(0);
    expect(length(2, 2, 2)).toBe(2);
    expect(length(65, 0, 0)).toBe(2);
    expect(length(65, 1)).toBe(1);
    expect(length(...Array.from({ length: 16 }, () => 0))).toBe(0);
    expect(length()).toBe(0);
  });

  test('of units adds up to the whole, whatever their size', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 100 }), fc.constantFrom(1, 16), (text, unit) => {
        const bytes = Buffer.from(text);
        const ratios: number[] = [];
        if (!textRatios(bytes, 0, bytes.length, unit, ratios, {})) return;
        const bits = log2OfProduct(ratios);
        expect(ratios).toHaveLength(Math.ceil(bytes.length / unit));
        expect(bits).toBeCloseTo(textBits(bytes), 6);
      }),
    );
  });
});

describe('noise', () => {
  const samples = often(1 << 18);
  const thresholds = [1, 2, 4, 6, 8, 10, 12];

  // the bound holds of the expectation: five standard deviations are allowed for the sample
  test.for([1, 2, 3, 4, 6, 8, 12, 16])('of %i bytes reaches b bits at most once in 2ᵇ', (length) => {
    const bytes = noise(length, samples * length);
    for (const wholeText of [true, false]) {
      const reached = thresholds.map(() => 0);
      for (let i = 0; i < samples; i++) {
        const bits = textBits(bytes, i * length, (i + 1) * length, { wholeText });
        for (const [t, threshold] of thresholds.entries()) if (bits >= threshold) (reached[t] as number)++;
      }
      for (const [t, threshold] of thresholds.entries()) {
        const expected = samples * 2 ** -threshold;
        expect(reached[t]).toBeLessThan(expected + 5 * Math.sqrt(expected));
      }
    }
  });

  test('of one and two bytes has e-values with a mean of at most one, by trying all', () => {
    for (const wholeText of [true, false]) {
      for (const length of [1, 2]) {
        const bytes = Buffer.alloc(length);
        let sum = 0;
        for (let n = 0; n < 256 ** length; n++) {
          for (let i = 0; i < length; i++) bytes[i] = n >>> (8 * i);
          sum += 2 ** textBits(bytes, 0, length, { wholeText });
        }
        expect(sum / 256 ** length).toBeLessThanOrEqual(1 + 1e-9);
        expect(sum / 256 ** length).toBeGreaterThan(0.5);
      }
    }
  });
});
