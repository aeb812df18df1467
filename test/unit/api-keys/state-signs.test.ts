import { describe, expect, test } from 'vitest';
import type { KeyTable } from '#api-keys/key-table';
import { readMoment } from '#api-keys/moments';
import { signOf, stateColumns } from '#api-keys/state-signs';
import { listsRevoked, meansRevoked } from '#api-keys/state-words';
import type { ColumnFacts, ColumnKind } from '#api-keys/table-facts';

// Columns as applications have them. A cell speaks for a key or against it, or it is said that Keel does not know.

const now = new Date('2026-11-30T12:00:00Z');
const past = Date.UTC(2026, 5) / 1000;
const future = Date.UTC(2027, 5) / 1000;

function column(name: string, kind: ColumnKind, type: string = kind): ColumnFacts {
  return {
    ...{ name, kind, type, castType: type, notNull: false, hasDefault: false, computed: false },
    ...{ unique: false, refers: false, mayRead: true, mayInsert: true, mayUpdate: true },
  };
}

function table(...columns: ColumnFacts[]): KeyTable {
  const hash = column('key_hash', 'text');
  return { facts: { columns: [hash, ...columns], identity: [] }, columns: { hash } } as unknown as KeyTable;
}

/** `holds`, `over`, `ended`, `ends later`, `unclear`, or that the column says nothing of a state. */
function told(name: string, kind: ColumnKind, text: string | null, type?: string): string {
  const [found] = stateColumns(table(column(name, kind, type)));
  if (!found) return 'nothing';
  const signs = signOf(found, text, now).map((sign) => {
    if (typeof sign === 'string') return sign;
    if ('unclear' in sign) return 'unclear';
    return sign.ends <= now ? 'ended' : 'ends later';
  });
  return [...new Set(signs)].join(' and ') || 'nothing';
}

const cases: readonly (readonly [string, ColumnKind, string | null, string])[] = [
  // bits that only the application can read, and a limit beside which no count says how much is left
  ['flags', 'other', '00000001', 'unclear'],
  ['flags', 'other', '00000000', 'holds'],
  ['key_flags', 'number', '4', 'unclear'],
  ['is_flagged', 'boolean', 'true', 'unclear'],
  ['is_flagged', 'boolean', 'false', 'holds'],
  ['max_uses', 'number', '5', 'unclear'],
  ['max_uses', 'number', null, 'holds'],
  ['usage_limit', 'number', '5', 'unclear'],
  // flags, in either sense, of any type
  ['is_active', 'boolean', 'true', 'holds'],
  ['is_active', 'boolean', 'false', 'over'],
  ['is_active', 'boolean', null, 'over'],
  ['enabled', 'number', '1', 'holds'],
  ['enabled', 'number', '0', 'over'],
  ['enabled', 'number', '2', 'unclear'],
  ['enabled', 'text', 'Y', 'holds'],
  ['enabled', 'text', 'n', 'over'],
  ['isRevoked', 'boolean', 'true', 'over'],
  ['isRevoked', 'boolean', null, 'holds'],
  ['revoked', 'number', '1', 'over'],
  ['revoked', 'text', 'no', 'holds'],
  ['deleted', 'other', '1', 'over'],
  ['is_locked', 'boolean', 'true', 'over'],
  ['disabled', 'text', 'perhaps', 'unclear'],
  ['approved', 'boolean', 'false', 'unclear'],
  ['approved_at', 'time', null, 'unclear'],
  ['approved_at', 'time', `${past}`, 'holds'],
  // states
  ['status', 'text', 'ACTIVE', 'holds'],
  ['status', 'text', 'revoked', 'over'],
  ['status', 'text', 'Expired', 'over'],
  ['status', 'text', 'pending', 'unclear'],
  ['status', 'text', null, 'unclear'],
  ['key_state', 'number', '1', 'unclear'],
  ['lifecycle', 'text', 'gesperrt', 'unclear'],
  // moments of an end, in any unit
  ['revoked_at', 'time', null, 'holds'],
  ['revoked_at', 'time', `${past}`, 'over'],
  ['revoked_at', 'time', `${future}`, 'unclear'],
  ['deleted_at', 'number', '0', 'holds'],
  ['deleted_at', 'number', `${past}`, 'over'],
  ['deleted_at', 'number', `${past}000`, 'over'],
  ['deletedAt', 'text', '2026-06-01T00:00:00Z', 'over'],
  ['deleted_at', 'time', 'Infinity', 'unclear'],
  ['archived_on', 'text', '2026-06-01', 'over'],
  ['locked_until', 'time', `${future}`, 'unclear'],
  ['sunset_at', 'time', `${past}`, 'unclear'],
  ['sunset_at', 'time', null, 'holds'],
  // expiries
  ['expires_at', 'number', `${past}`, 'ended'],
  ['expires_at', 'number', `${past}000`, 'ended'],
  ['expires_at', 'number', `${past}000000`, 'ended'],
  ['expires_at', 'number', `${past}000000000`, 'ended'],
  ['expires_at', 'number', `${future}.25`, 'ends later'],
  ['expires_at', 'number', null, 'holds'],
  ['expires_at', 'number', '0', 'unclear'],
  ['expires_at', 'number', '-1', 'unclear'],
  ['expires_at', 'number', '20260601', 'unclear'],
  ['expirationDate', 'text', '2026-06-01 10:00:00+02', 'ended'],
  ['expirationDate', 'text', 'never', 'holds'],
  ['expirationDate', 'text', '01/06/2026', 'unclear'],
  ['valid_until', 'time', `${past}`, 'ended'],
  ['not_after', 'number', `${future}000`, 'ends later'],
  ['exp', 'number', `${past}`, 'ended'],
  ['expired', 'boolean', 'true', 'over'],
  ['expires', 'boolean', 'true', 'holds'],
  ['validity', 'other', '["2026-01-01","2026-02-01")', 'unclear'],
  // a life that is counted from somewhere
  ['ttl', 'number', '3600', 'unclear'],
  ['expires_in', 'number', '3600', 'unclear'],
  ['expiry_days', 'number', '90', 'unclear'],
  ['ttl', 'number', null, 'holds'],
  // beginnings, traces, and what is left
  ['not_before', 'time', `${future}`, 'unclear'],
  ['valid_from', 'time', `${past}`, 'holds'],
  ['revoked_by', 'uuid', '2b1c', 'over'],
  ['revoked_by', 'uuid', null, 'holds'],
  ['revocation_reason', 'text', 'leaked', 'over'],
  ['deleted_by_id', 'number', '7', 'over'],
  ['replaced_by', 'number', null, 'holds'],
  ['remaining_uses', 'number', '0', 'unclear'],
  ['remaining_uses', 'number', '3', 'holds'],
  // what says nothing of a state
  ['created_at', 'time', `${past}`, 'nothing'],
  ['updatedAt', 'time', `${past}`, 'nothing'],
  ['last_active_at', 'time', `${past}`, 'nothing'],
  ['expiry_notified_at', 'time', `${past}`, 'nothing'],
  ['is_admin', 'boolean', 'true', 'nothing'],
  ['owner_id', 'number', '3', 'nothing'],
  ['environment', 'text', 'live', 'nothing'],
];

describe('a column of a table of keys', () => {
  test.each(cases)('%s, %s, with %s: %s', (name, kind, text, expected) => {
    expect(told(name, kind, text)).toBe(expected);
  });

  test('of JSON is judged field by field, at any depth', () => {
    const json = (text: string | null) => told('metadata', 'other', text, 'jsonb');
    expect(json('{"owner":"ada"}')).toBe('nothing');
    expect(json(null)).toBe('nothing');
    expect(json('{"revoked":true}')).toBe('over');
    expect(json('{"revoked":false,"status":"active"}')).toBe('holds');
    expect(json('{"key":{"state":"on hold"}}')).toBe('unclear');
    expect(json(`{"expiresAt":${past}000}`)).toBe('ended');
    expect(json('{"revoked":{"by":"ada"}}')).toBe('unclear');
    expect(json(`{"a":"${'x'.repeat(4_000)}"}`)).toBe('unclear');
  });
});

test('a text or a number names a moment in one way, or none', () => {
  const iso = (text: string) => readMoment(text, 'text')?.toISOString();
  expect(iso('2026-06-01')).toBe('2026-06-01T00:00:00.000Z');
  expect(iso('2026-06-01 10:00')).toBe('2026-06-01T10:00:00.000Z');
  expect(iso('2026-06-01T10:00:00.5+02:00')).toBe('2026-06-01T08:00:00.500Z');
  expect(iso('2026-06-01 10:00:00+02')).toBe('2026-06-01T08:00:00.000Z');
  expect(iso('2026-06-01 10:00:00 UTC')).toBe('2026-06-01T10:00:00.000Z');
  for (const text of ['2026-13-01', 'June', '1', '46000', '20260601', '99999999999', '12:00', ''])
    expect(iso(text), text).toBeUndefined();
});

test.each([
  ['revoked_api_keys', true],
  ['RevokedTokens', true],
  ['api_key_revocations', true],
  ['token_blacklist', true],
  ['tokendenylist', true],
  ['deletedkeys', true],
  ['api_key_uses', false],
  ['users', false],
  ['audit_log', false],
])('%s lists what is out of use: %s', (table, expected) => {
  expect(listsRevoked({ table })).toBe(expected);
});

test('a flag with a “not” is written the other way round', () => {
  for (const name of ['revoked', 'isrevoked', 'is_disabled', 'inactive', 'not_active', 'deleted'])
    expect(meansRevoked(name), name).toBe(true);
  for (const name of ['active', 'isactive', 'enabled', 'not_revoked', 'valid'])
    expect(meansRevoked(name), name).toBe(false);
});
