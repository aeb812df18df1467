import { describe, expect, test } from 'vitest';
import { describeRow } from '#rotation/run/row-label';

const int = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const big = (value: bigint) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes;
};
const small = (value: number) => {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
};
const key = (...columns: [name: string, type: string][]) => ({
  kind: 'key' as const,
  columns: columns.map(([name, type]) => ({ name, type })),
});

describe('a row is named', () => {
  test.for([
    ['bigint', big(-9_223_372_036_854_775_808n), '-9223372036854775808'],
    ['integer', int(42), '42'],
    ['smallint', small(-7), '-7'],
    ['uuid', Buffer.from('0190a1b2c3d4e5f60718293a4b5c6d7e', 'hex'), '0190a1b2-c3d4-e5f6-0718-293a4b5c6d7e'],
    ['text', Buffer.from('org_ü'), 'org_ü'],
    ['character varying(40)', Buffer.from('short'), 'short'],
    ['character(3)', Buffer.from('de '), 'de '],
    ['text', Buffer.alloc(0), ''],
    ['text', Buffer.alloc(60, 'x'), 'x'.repeat(60)],
    ['text', Buffer.alloc(61, 'x'), `${'x'.repeat(59)}…`],
    ['text', null, 'NULL'],
    ['date', Buffer.from('000025d2', 'hex'), '000025d2'],
  ] as const)('by its key of type %s: %3$s', ([type, field, text]) => {
    expect(describeRow(key(['id', type]), [field])).toBe(`id=${text}`);
  });

  test('by all columns of its key, in their order', () => {
    expect(describeRow(key(['org', 'text'], ['n', 'integer']), [Buffer.from('acme'), int(7)])).toBe(
      'org=acme n=7',
    );
  });

  test('by its place where it has no key', () => {
    const place = key(['tableoid', 'pg_catalog.oid'], ['ctid', 'pg_catalog.tid']);
    expect(describeRow(place, [int(16_400), Buffer.from('000000030005', 'hex')])).toBe('ctid=(3,5)');
  });

  test('without anything that a terminal would obey, and in at most sixty characters', () => {
    expect(describeRow(key(['id', 'text']), [Buffer.from('a\u001b[2Jb\nc\u202e')])).toBe(
      'id=a\ufffd[2Jb\ufffdc\ufffd',
    );
    expect(describeRow(key(['id', 'text']), [Buffer.from('x'.repeat(200))])).toBe(`id=${'x'.repeat(59)}…`);
  });
});
