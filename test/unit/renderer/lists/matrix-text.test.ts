import { expect, test } from 'vitest';
import { cellInWords } from '../../../../src-renderer/screens/matrix/matrix-text.ts';

test('the matrix counts values, since a row may hold several', () => {
  const result = { verdict: 'correct', opened: 6531, values: 6571, bits: 779_061, nested: 0 } as const;
  expect(cellInWords(result)).toMatchObject({ word: 'Right key', says: 'decrypts 6,531 of 6,571 values' });
});
