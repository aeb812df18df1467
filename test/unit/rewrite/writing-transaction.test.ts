import { expect, test } from 'vitest';
import { writtenBy } from '#rewrite/writing-transaction';

test.each([
  ['5', '5'],
  ['4294967295', '4294967295'],
  ['4294967296', '0'],
  ['4294967301', '5'],
  ['36893488147419103237', '5'],
])('rows of transaction %s have %s as xmin: the epoch is cut off', (xid, xmin) => {
  expect(writtenBy(xid)).toBe(`t.xmin = '${xmin}'::pg_catalog.xid`);
});
