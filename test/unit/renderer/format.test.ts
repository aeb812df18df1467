import { describe, expect, test } from 'vitest';
import { counted } from '#shared/counted';
import {
  asSentence,
  certaintyInWords,
  chanceInWords,
  formatAge,
  formatAgo,
  formatBits,
  formatDuration,
  formatRate,
  formatTimeLeft,
} from '../../../src-renderer/components/format.ts';

const now = Date.parse('2026-11-24T12:00:00Z');
const before = (ms: number) => new Date(now - ms).toISOString();
const day = 86_400_000;

describe('numbers for people', () => {
  test.each([
    [0, '0 rows'],
    [1, '1 row'],
    [18_412, '18,412 rows'],
  ])('%d rows are counted with their unit', (count, words) => {
    expect(counted(count, 'row')).toBe(words);
  });

  test('evidence is rounded down, never up', () => {
    expect(formatBits(18_412.99)).toBe('18,412 bits');
    expect(formatBits(0.9)).toBe('0 bits');
  });

  test.each([
    [0.2, '0 ms'],
    [419.6, '420 ms'],
    [1900, '1.9 s'],
    [59_940, '59.9 s'],
    [59_990, '1 min'],
    [125_000, '2 min 5 s'],
    [3_600_000, '1 h'],
    [3_840_000, '1 h 4 min'],
  ])('%d ms last as long as people say it', (ms, words) => {
    expect(formatDuration(ms)).toBe(words);
  });

  test('a rate shows the two digits that are known', () => {
    expect(formatRate(96_123)).toBe('96,000 rows/s');
    expect(formatRate(7)).toBe('7 rows/s');
  });

  test.each([
    [1, 'under 5 s left'],
    [31, 'about 35 s left'],
    [170, 'about 3 min left'],
    [7200, 'about 2 h left'],
  ])('%d seconds left are told no finer than they are known', (seconds, words) => {
    expect(formatTimeLeft(seconds)).toBe(words);
  });
});

describe('times for people', () => {
  test.each([
    [10_000, 'just now'],
    [5 * 60_000, '5 min ago'],
    [3 * 3_600_000, '3 h ago'],
    [day, 'yesterday'],
    [3 * day, '3 days ago'],
    [90 * day, '3 months ago'],
    [800 * day, '2 years ago'],
    [-60_000, 'just now'],
  ])('%d ms before now', (ms, words) => {
    expect(formatAgo(before(ms), now)).toBe(words);
  });

  test('an age counts whole days', () => {
    expect(formatAge(before(day / 2), now)).toBe('new today');
    expect(formatAge(before(1.9 * day), now)).toBe('1 day old');
    expect(formatAge(before(411 * day), now)).toBe('411 days old');
  });
});

test('a fragment of the main process becomes a sentence', () => {
  expect(asSentence('the key is wrong; nothing was done')).toBe('The key is wrong; nothing was done.');
  expect(asSentence('Keel is locked.')).toBe('Keel is locked.');
  expect(asSentence(' is Ballast stopped?')).toBe('Is Ballast stopped?');
  expect(asSentence('')).toBe('');
});

test('evidence is a word first, and a chance as a power of two for whoever asks', () => {
  expect([0, 19.9, 20, 63, 64, 779_061].map(certaintyInWords)).toEqual([
    'Not certain',
    'Not certain',
    'Likely',
    'Likely',
    'Certain',
    'Certain',
  ]);
  expect(chanceInWords(18_412.9)).toBe('2⁻¹⁸⁴¹²');
  expect(chanceInWords(-1)).toBe('2⁻⁰');
});
