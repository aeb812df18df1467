import { expect, test } from 'vitest';
import type { ProbeResult } from '#contract/connections';
import {
  filtered,
  reasonInWords,
  verdictOf,
} from '../../../src-renderer/screens/connections/outcome-text.ts';

const none = { works: 0, refused: 0, unreachable: 0, certificate: 0, 'not-probed': 0 };

test('one line tells the whole: what was refused first, and never that all is well where little was tried', () => {
  const line = (counts: object, unopened = 0) => verdictOf({ counts: { ...none, ...counts }, unopened });
  expect(line({ works: 4, refused: 1, unreachable: 2 })).toBe('1 credential refused, of 7 tested.');
  expect(line({ works: 4, unreachable: 2 })).toBe('None was refused, but 2 of 6 could not be checked.');
  expect(line({ works: 4, 'not-probed': 9 })).toBe('All 4 credentials that could be tested work.');
  expect(line({ 'not-probed': 9 }, 3)).toBe(
    'None could be tested; skipped 3 values that the key does not decrypt.',
  );
});

test('a reason is told with its caution and its remedy', () => {
  const reasons = [{ reason: 'logged-in', why: 'the login was accepted' } as const];
  expect(reasonInWords({ outcome: 'works', reason: 'logged-in', caution: 'not-encrypted' }, reasons)).toEqual(
    {
      why: 'The login was accepted; the connection is not encrypted.',
    },
  );
});

test('results are found by outcome and by any words of their names', () => {
  const result = (name: string, outcome: ProbeResult['outcome'], row: string) =>
    ({ name, outcome, row, schema: 'public', table: 'source', column: 'credentials' }) as ProbeResult;
  const all = [result('Orders', 'works', 'id=1'), result('Old orders', 'refused', 'id=2')];
  const names = (outcome: ProbeResult['outcome'] | 'all', text: string) =>
    filtered(all, outcome, text).map(({ name }) => name);
  expect(names('all', '')).toEqual(['Orders', 'Old orders']);
  expect(names('refused', '')).toEqual(['Old orders']);
  expect(names('all', 'ORDERS id=1')).toEqual(['Orders']);
  expect(names('works', 'old')).toEqual([]);
});
