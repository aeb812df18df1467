import { expect, test } from 'vitest';
import { counted, formatCount } from '#shared/counted';
import { duration } from '#commands/wording';
import { visible } from '#shared/visible-text';

test.for([
  [0, '0'],
  [999, '999'],
  [1_234_567, '1,234,567'],
  [1.5, '2'],
] as const)('the number %d is written %s', ([value, text]) => {
  expect(formatCount(value)).toBe(text);
});

test.for([
  [0, '0 ms'],
  [0.4, '0 ms'],
  [850, '850 ms'],
  [999.4, '999 ms'],
  [999.6, '1.0 s'],
  [1_000, '1.0 s'],
  [2_449, '2.4 s'],
  [59_949, '59.9 s'],
  [59_999, '1 min 0 s'],
  [60_000, '1 min 0 s'],
  [119_400, '1 min 59 s'],
  [119_600, '2 min 0 s'],
  [192_000, '3 min 12 s'],
  [3_600_000, '60 min 0 s'],
] as const)('%d milliseconds are %s', ([ms, text]) => {
  expect(duration(ms)).toBe(text);
});

test('one is singular, all else plural', () => {
  expect([0, 1, 2, 5_000].map((value) => counted(value, 'row'))).toEqual([
    '0 rows',
    '1 row',
    '2 rows',
    '5,000 rows',
  ]);
});

test('what a terminal would obey, or what hides or turns text, is replaced; the rest stays', () => {
  expect(visible('a\u001b[31mb\r\nc\td\u0007\u202ee\u200bf\u{e0041}')).toBe('a�[31mb��c�d��e�f�');
  expect(visible('Größe → 🔑 日本')).toBe('Größe → 🔑 日本');
});
