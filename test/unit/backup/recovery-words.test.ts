import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { inTerminalWords } from '#commands/act-text';
import { parseRecoveryWords, recoveryWordsText, toRecoveryWords } from '#backup/recovery-words';
import { EncryptionKey } from '#crypto/encryption-key';
import { test } from '#test/support/temp-folder';

const keys = fc.uint8Array({ minLength: 32, maxLength: 32 });
const keyOf = (bytes: Uint8Array) => new EncryptionKey(Buffer.from(bytes));

function restored(text: string, expected?: string): Buffer {
  const parsed = parseRecoveryWords(text, expected);
  if ('broken' in parsed) throw new Error(parsed.broken.message);
  using key = parsed.key;
  return Buffer.from(key.bytes);
}

function breakOf(text: string | readonly string[], expected?: string) {
  const parsed = parseRecoveryWords(typeof text === 'string' ? text : text.join(' '), expected);
  if ('key' in parsed) throw new Error('it gave a key');
  return parsed.broken;
}

/** The key of the list's middle, so that no word is the same twice in these tests. */
const known = keyOf(Buffer.from(Array.from({ length: 32 }, (_, i) => (i * 37 + 11) % 256)));
const words = toRecoveryWords(known);

describe('recovery words', () => {
  test('give every key back', () => {
    fc.assert(
      fc.property(keys, (bytes) => {
        using key = keyOf(bytes);
        expect(restored(toRecoveryWords(key).join(' '))).toEqual(Buffer.from(bytes));
      }),
      { numRuns: 50 },
    );
  });

  test("are those of BIP-39's own vectors", () => {
    using zeros = keyOf(Buffer.alloc(32));
    expect(toRecoveryWords(zeros).join(' ')).toBe(`${'abandon '.repeat(23)}art`);
    using ones = keyOf(Buffer.alloc(32, 0xff));
    expect(toRecoveryWords(ones).join(' ')).toBe(`${'zoo '.repeat(23)}vote`);
    using some = keyOf(
      Buffer.from('68a79eaca2324873eacc50cb9c6eca8cc68ea5d936f98787c60c7ebc74e6ce7c', 'hex'),
    );
    expect(toRecoveryWords(some).join(' ')).toBe(
      'hamster diagram private dutch cause delay private meat slide toddler razor book happy fancy gospel tennis maple dilemma loan word shrug inflict delay length',
    );
  });

  test.for([
    ['in capitals over several lines', () => words.join('\n').toUpperCase()],
    ['numbered', () => words.map((word, i) => `${i + 1}. ${word}`).join('\n')],
    ['numbered in a grid', () => words.map((word, i) => `${i + 1} ${word}`).join('  ')],
    ['in a list with bullets', () => words.map((word) => `• ${word}`).join('\n')],
    ['in a list with dashes', () => words.map((word) => `- ${word}`).join('\n')],
    ['as JSON', () => JSON.stringify(words)],
    ['as a table of numbers and words', () => words.map((word, i) => `| ${i + 1} | ${word} |`).join('\n')],
    [
      'in numbered columns, copied row by row',
      () =>
        [...Array(8).keys()]
          .map((row) => [0, 8, 16].map((down) => `${row + down + 1}. ${words[row + down]}`).join('\t'))
          .join('\n'),
    ],
    ['with commas and invisible characters', () => words.map((word) => `\u200b${word}\u00ad,`).join('')],
    ['by their first four letters', () => words.map((word) => word.slice(0, 4)).join(' ')],
    ['with Windows line ends', () => `\r\n${words.join('\r\n')}\r\n`],
  ] as const)('can be typed %s', ([, text]) => {
    expect(restored(text())).toEqual(known.bytes);
  });

  test('stand in a text that says what they are, and is read back', () => {
    const text = recoveryWordsText(known, {
      environment: 'x\nENCRYPTION_KEY=y',
      createdAt: new Date('2026-03-01T12:00:00.000Z'),
    }).toString();
    expect(restored(text)).toEqual(known.bytes);
    expect(text).toContain('not a wallet seed');
    expect(text).toContain(`# fingerprint: ${known.fingerprint}\n`);
    expect(text.split('\n').filter((line) => line && !line.startsWith('#'))).toHaveLength(4);
  });

  test('that are not in the list are named with the nearest ones, outside the message', () => {
    const typed = words.with(6, 'bycycle').with(10, 'xqzzw');
    const report = breakOf(typed);
    expect(report).toMatchObject({
      breaksAt: 'words',
      message: 'words 7 and 11 are not in the word list',
      words: [
        { position: 7, typed: 'bycycle', suggestions: ['bicycle', 'cycle', 'recycle'] },
        { position: 11, typed: 'xqzzw', suggestions: [] },
      ],
    });
  });

  test.for([
    ['23 words', () => words.slice(1), 'there are 23 words: one is missing'],
    ['25 words', () => [...words, 'zoo'], 'there are 25 words: one is too many'],
    ["a wallet's 12 words", () => words.slice(12), 'there are 12 words: a key of 32 bytes has 24'],
    ['a book', () => Array.from({ length: 500 }, () => 'abandon'), 'it contains 500 words, not 24'],
    ['nothing', () => [], 'it contains no words'],
    [
      'swapped words',
      () => words.with(3, words[4] as string).with(4, words[3] as string),
      'each word is in the list, but their checksum does not match: two are swapped, or one is the wrong word',
    ],
  ] as const)('of %s are refused for what they are', ([, typed, message]) => {
    expect(breakOf(typed()).message).toBe(message);
  });

  test.for([
    [
      'swapped',
      () => words.with(3, words[20] as string).with(20, words[3] as string),
      'words 4 and 21 are swapped',
    ],
    [
      'another',
      () => words.with(8, 'zoo'),
      'word 9 is in the list, but is not the one that was written down',
    ],
    ['left out', () => words.toSpliced(5, 1), 'a word is missing after word 5'],
    ['left out at the start', () => words.slice(1), 'the first word is missing'],
    ['written twice', () => words.toSpliced(5, 0, words[5] as string), 'word 6 is one too many'],
  ] as const)('of which one is %s are told apart by the fingerprint', ([, typed, message]) => {
    expect(breakOf(typed(), known.fingerprint).message).toBe(message);
    expect(breakOf(`# fingerprint: ${known.fingerprint}\n${typed().join(' ')}`).message).toBe(message);
  });

  test('never put a word or a key into a message', () => {
    for (const typed of [words.with(3, `${words[3]}x`), words.slice(2), words.with(1, 'zoo')]) {
      const { message, remedy } = breakOf(typed, known.fingerprint);
      for (const word of words) {
        expect(`${message} ${inTerminalWords(remedy)}`).not.toMatch(new RegExp(`\\b${word}\\b`));
      }
    }
  });
});
