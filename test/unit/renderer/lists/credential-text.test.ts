import { expect, test } from 'vitest';
import { totalInWords } from '../../../../src-renderer/screens/credentials/credential-text.ts';

test('a list says how many credentials there are in all, and says so where it could not count them all', () => {
  expect(totalInWords(80, false, undefined)).toBe('80 credentials');
  expect(totalInWords(200, true, undefined)).toBe('The first 200 are listed, more as you scroll');
  expect(totalInWords(200, true, { credentials: 100_000, complete: true })).toBe(
    '100,000 credentials; the first 200 are listed, more as you scroll',
  );
  expect(totalInWords(200, true, { credentials: 84_000, complete: false })).toContain(
    'More than 84,000 credentials',
  );
});
