import { expect, test } from 'vitest';
import { totalInWords } from '../../../../src-renderer/screens/credentials/credential-text.ts';

test('a list says how many credentials there are in all, and says so where it has not counted them all', () => {
  expect(totalInWords(80, { complete: true, busy: false })).toBe('80 credentials');
  expect(totalInWords(1, { complete: true, busy: true })).toBe('1 credential');
  expect(totalInWords(84_000, { complete: false, busy: true })).toBe('Counting: 84,000 credentials so far');
  expect(totalInWords(500_000, { complete: false, busy: false })).toContain('More than 500,000 credentials');
});
