import { expect, test } from 'vitest';
import { findingsOf, type JudgedKey } from '#api-keys/findings';

const now = new Date('2026-11-25T12:00:00Z');
const daysFromNow = (days: number) => new Date(now.getTime() + days * 86_400_000).toISOString();
const everything = { expires: true, lastUsed: true };

/** A key of which nothing is to be said. */
const fine = {
  label: 'Key',
  active: true,
  expired: false,
  cost: 12,
  createdAt: daysFromNow(-200),
  lastUsedAt: daysFromNow(-1),
  expiresAt: daysFromNow(100),
};

let nextHash = 0;
const row = (change: Partial<JudgedKey['key']>, hash = `hash ${nextHash++}`): JudgedKey => ({
  key: { ...fine, ...change },
  hash,
});
const without = (name: keyof typeof fine, change: Partial<JudgedKey['key']> = {}): JudgedKey => {
  const { [name]: _, ...rest } = { ...fine, ...change };
  return { key: rest as JudgedKey['key'], hash: `hash ${nextHash++}` };
};
const codes = (one: JudgedKey, kept = everything) => findingsOf([one], kept, now)[0]?.map(({ code }) => code);

test.each<[string, JudgedKey, string[]]>([
  ['a key in use', row({}), []],
  ['a key that expires in 31 days', row({ expiresAt: daysFromNow(31) }), []],
  ['a key that expires in 30 days', row({ expiresAt: daysFromNow(30) }), ['expiring']],
  ['a key that has expired', row({ expiresAt: daysFromNow(-1), expired: true }), ['expired-active']],
  [
    'a key that has expired and was revoked',
    row({ expiresAt: daysFromNow(-1), expired: true, active: false }),
    [],
  ],
  ['a key used 89 days ago', row({ lastUsedAt: daysFromNow(-89) }), []],
  ['a key used 90 days ago', row({ lastUsedAt: daysFromNow(-90) }), ['stale']],
  ['a key of six days that was not used yet', without('lastUsedAt', { createdAt: daysFromNow(-6) }), []],
  [
    'a key of seven days that was never used',
    without('lastUsedAt', { createdAt: daysFromNow(-7) }),
    ['never-used'],
  ],
  ['a key without an end', without('expiresAt'), ['no-expiry']],
  ['a hash of cost 11', row({ cost: 11 }), ['low-cost']],
  ['a hash of cost 9', row({ cost: 9 }), ['weak-cost']],
  ['a revoked key with a weak hash', row({ cost: 4, active: false }), []],
  ['a hash that is not bcrypt’s', without('cost'), ['unknown-form']],
])('%s', (_what, one, expected) => {
  expect(codes(one)).toEqual(expected);
});

test('what the table does not keep is not missed', () => {
  const { expiresAt: _, lastUsedAt: __, ...key } = fine;
  expect(codes({ key, hash: 'h' }, { expires: false, lastUsed: false })).toEqual([]);
});

test('two rows with one hash are one key, also where one is revoked', () => {
  const rows = [row({}, 'same'), row({ active: false }, 'same'), row({})];
  const found = findingsOf(rows, everything, now).map((list) => list.map(({ code }) => code));
  expect(found).toEqual([['duplicate-hash'], ['duplicate-hash'], []]);
});

test('a name counts twice only among keys in use', () => {
  const rows = [
    row({ name: 'CI' }),
    row({ name: 'CI', active: false }),
    row({ name: 'Ops' }),
    row({ name: 'Ops' }),
  ];
  const found = findingsOf(rows, everything, now).map((list) => list.map(({ code }) => code));
  expect(found).toEqual([[], [], ['duplicate-name'], ['duplicate-name']]);
});
