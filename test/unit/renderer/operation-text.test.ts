import { expect, test } from 'vitest';
import {
  progressAloud,
  progressInWords,
  shareOf,
  stepInWords,
} from '../../../src-renderer/components/notices/operation-text.ts';

const progress = { step: 'staging', done: 12_000, total: 40_000, rowsPerSecond: 96_123, cancellable: true };

test('progress names rows, rate and time left', () => {
  expect(progressInWords(progress)).toBe('12,000 of 40,000 rows · 96,000 rows/s · under 5 s left');
  expect(progressInWords({ step: 'x', done: 1, cancellable: true })).toBe('1 row');
  expect(progressInWords({ step: 'x', done: 0, cancellable: true })).toBe('');
});

test('a total that was estimated too low never shows more than all', () => {
  expect(shareOf({ step: 'x', done: 12, total: 10, cancellable: true })).toBe(1);
  expect(shareOf({ step: 'x', done: 12, total: 0, cancellable: true })).toBeUndefined();
});

test('steps are told in words, and by ear in quarters only', () => {
  expect(stepInWords('staging')).toBe('Preparing new values while the application runs');
  expect(stepInWords('reading the log')).toBe('Reading the log');
  expect(progressAloud(progress)).toBe('Preparing new values while the application runs, 25 %');
  expect(progressAloud({ ...progress, done: 12_900 })).toBe(progressAloud(progress));
});

test('a census names the table and counts bytes; by ear it names no table', () => {
  const census = {
    step: 'reading every cell of public.a',
    done: 3 << 20,
    total: 12 << 20,
    cancellable: true,
  };
  expect(stepInWords(census.step)).toBe('Reading every cell of public.a');
  expect(progressInWords(census)).toBe('3 MiB of about 12 MiB');
  expect(progressAloud(census)).toBe('Reading every cell, 25 %');
});
