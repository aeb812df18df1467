import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyText, cleanText, type TextClass } from '#evidence/plaintexts/clean-text';
import { noiseValues } from './noise.ts';

/** What clean text is, by the runtime's own decoder and Unicode tables. */
const isClean = (bytes: Buffer) => isUtf8(bytes) && !/[^\P{Cc}\t\n\r]/u.test(bytes.toString('utf8'));
const classes = { clean: [cleanText, isClean], any: [anyText, isUtf8] } as const;
const names = Object.keys(classes) as (keyof typeof classes)[];

/** Bytes on both sides of every border in the definition of UTF-8, and of the control characters. */
const borders = [
  ...[0x00, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x1f, 0x20, 0x7e, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0],
  ...[
    0xbf, 0xc0, 0xc1, 0xc2, 0xc3, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5,
    0xff,
  ],
];

/** Every string of `length` bytes from the alphabet, in one buffer that is written over. */
function* strings(alphabet: readonly number[], length: number): Generator<Buffer> {
  const bytes = Buffer.alloc(length);
  for (let n = 0; n < alphabet.length ** length; n++) {
    for (let i = 0, rest = n; i < length; i++, rest = Math.floor(rest / alphabet.length)) {
      bytes[i] = alphabet[rest % alphabet.length] as number;
    }
    yield bytes;
  }
}

const allBytes = Array.from({ length: 256 }, (_, byte) => byte);

describe.each(names)('text of class %s', (name) => {
  const [text, oracle] = classes[name];

  test.for([
    [0, allBytes],
    [1, allBytes],
    [2, allBytes],
    [3, borders],
    [4, borders.filter((byte) => byte > 0x0d)],
  ] as const)('is what the runtime takes for it, at %i bytes', ([length, alphabet]) => {
    for (const bytes of strings(alphabet, length)) {
      if (text.accepts(bytes) !== oracle(bytes))
        expect.fail(`${bytes.toString('hex')}: not ${oracle(bytes)}`);
    }
  });

  test('is what the runtime takes for it, in strings of any length', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.array(fc.constantFrom(...borders)), (string, more) => {
        const bytes = Buffer.concat([Buffer.from(string, 'utf8'), Buffer.from(more)]);
        expect(text.accepts(bytes)).toBe(oracle(bytes));
      }),
      { numRuns: 500 },
    );
  });

  test.for([0, 1, 2, 3])('has the chance that trying every string of %i bytes gives', (length) => {
    expect(chanceOf(text, length)).toBeCloseTo(countAccepted(text, length) / 256 ** length, 12);
  });

  // five standard deviations, on noise that is the same in every run
  test.for([4, 5, 6, 8, 12])('has the chance that noise of %i bytes shows', (length) => {
    const samples = 300_000;
    const hits = noiseValues(length, samples, length).filter((bytes) => text.accepts(bytes)).length;
    const expected = samples * chanceOf(text, length);
    expect(expected).toBeGreaterThan(length === 12 ? 10 : 100);
    expect(Math.abs(hits - expected)).toBeLessThan(5 * Math.sqrt(expected));
  });

  test('has the chance that counting by characters gives, at any length up to 4096', () => {
    // how many characters take one, two, three, four bytes
    const characters = [
      name === 'clean' ? 98n : 128n,
      name === 'clean' ? 1_888n : 1_920n,
      61_440n,
      1_048_576n,
    ];
    const counts = [1n];
    for (let n = 1; n <= 4_096; n++) {
      counts.push(characters.reduce((sum, kinds, i) => sum + kinds * (counts[n - 1 - i] ?? 0n), 0n));
    }
    for (const n of [1, 2, 3, 4, 5, 16, 31, 100, 1_000, 4_095, 4_096]) {
      expect(text.bits(n)).toBeCloseTo(8 * n - log2(counts[n] as bigint), 6);
    }
  });

  test('is the less likely the longer, starts at certainty, and counts very long values as 4096 bytes', () => {
    expect(text.bits(0)).toBe(0);
    for (let n = 0; n < 200; n++) expect(text.bits(n + 1)).toBeGreaterThan(text.bits(n));
    expect(text.bits(10_000_000)).toBe(text.bits(4_096));
  });
});

test('strict UTF-8 with controls passes by chance about as often as was measured: 9 %, 0.9 %, 0.01 %', () => {
  expect(chanceOf(anyText, 4)).toBeCloseTo(0.09, 2);
  expect(chanceOf(anyText, 8)).toBeCloseTo(0.009, 3);
  expect(chanceOf(anyText, 16)).toBeCloseTo(0.0001, 4);
});

function chanceOf(text: TextClass, length: number): number {
  return 2 ** -text.bits(length);
}

/** Tries all 256ⁿ strings. */
function countAccepted(text: TextClass, length: number): number {
  const bytes = Buffer.alloc(length);
  let accepted = 0;
  for (let n = 0; n < 256 ** length; n++) {
    for (let i = 0; i < length; i++) bytes[i] = n >>> (8 * i);
    if (text.accepts(bytes)) accepted++;
  }
  return accepted;
}

function log2(value: bigint): number {
  const digits = value.toString(2);
  return (
    digits.length -
    1 +
    Math.log2(Number.parseInt(digits.slice(0, 53), 2) / 2 ** (Math.min(53, digits.length) - 1))
  );
}
