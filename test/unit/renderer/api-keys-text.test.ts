import { expect, test } from 'vitest';
import type { ApiKey, ApiKeyVerification } from '#contract/api-keys';
import { keyStatus, summary, verdictWords } from '../../../src-renderer/screens/api-keys/key-text.ts';
import {
  emptyDraft,
  expiryOf,
  missingInDraft,
  scopeOf,
} from '../../../src-renderer/screens/api-keys/new-key-draft.ts';

const key = (change: Partial<ApiKey>): ApiKey => ({
  label: 'CI',
  active: true,
  expired: false,
  findings: [],
  ...change,
});
const stale = { code: 'stale', level: 'warn', message: '', remedy: '' } as const;
const now = Date.parse('2026-11-25T12:00:00Z');
const draft = emptyDraft([], 'CI');

test('the keys are summed up by their states, and those that need attention counted', () => {
  expect(summary([])).toBe('No keys yet');
  const keys = [
    key({}),
    key({ findings: [stale] }),
    key({ expired: true }),
    key({ active: false, expired: true }),
  ];
  expect(summary(keys)).toBe('2 active, 1 expired, 1 revoked · 1 needs attention');
  expect(keys.map((one) => keyStatus(one).word)).toEqual(['Active', 'Active', 'Expired', 'Revoked']);
});

test.each<[Partial<ApiKeyVerification>, string, RegExp, RegExp]>([
  [{ match: key({}) }, 'good', /^This is CI\. Ballast accepts it\.$/, /Nothing was changed/],
  [{ match: key({ active: false }) }, 'stop', /^This is CI, but it is revoked\.$/, /needs a new key/],
  [{ match: key({ expired: true }) }, 'stop', /^This is CI, but it has expired\.$/, /needs a new key/],
  [{ tried: 3 }, 'stop', /not match any of the 3 keys/, /another Ballast/],
  [{ tried: 1, ruledOut: 2 }, 'stop', /not match the one key/, /2 rows were skipped/],
  [{ tried: 0, unverifiable: 1 }, 'stop', /no hash to compare/, /1 row was skipped/],
])('what came of verifying is told: %o', (came, tone, title, remedy) => {
  const words = verdictWords({ tried: 0, ruledOut: 0, unverifiable: 0, ...came });
  expect(words).toMatchObject({
    tone,
    title: expect.stringMatching(title),
    remedy: expect.stringMatching(remedy),
  });
});

test.each([
  ['organization', '', 'organization'],
  ['collection', 'col_7', 'collection:col_7'],
  ['collection', ' 7 ', 'collection:col_7'],
  ['user', 'user:usr_a-b', 'user:usr_a-b'],
  ['user', '', undefined],
  ['collection', 'a b', undefined],
] as const)('a scope of kind %s with the id "%s" is %s', (scopeKind, scopeId, scope) => {
  expect(scopeOf({ ...draft, scopeKind, scopeId })).toBe(scope);
});

test('a key ends after so many days, at the end of a day to come, or never', () => {
  expect(expiryOf({ ...draft, lifetime: '30' }, now)).toEqual({ expiresAt: '2026-12-25T12:00:00.000Z' });
  expect(expiryOf({ ...draft, lifetime: 'never' }, now)).toEqual({});
  const day = expiryOf({ ...draft, lifetime: 'day', day: '2027-01-31' }, now);
  expect(new Date(day?.expiresAt ?? '').getHours()).toBe(23);
  for (const none of ['', '2026-11-01', '2027-02-31x'])
    expect(expiryOf({ ...draft, lifetime: 'day', day: none }, now)).toBeUndefined();
});

test('what is missing is asked for in order, and only where the table has a column for it', () => {
  const columns = { hash: 'h', name: 'n', scope: 's', expires: 'e' };
  const needed = [{ column: 'organization_id', type: 'uuid', seen: [] }];
  const blank = emptyDraft(needed);
  expect(missingInDraft(blank, columns, needed, now)).toBe('Enter a name');
  expect(missingInDraft({ ...blank, name: 'CI' }, columns, needed, now)).toBe('Choose a scope');
  expect(missingInDraft(blank, { hash: 'h' }, needed, now)).toBe('Enter a value for organization_id');
  expect(missingInDraft(blank, { hash: 'h' }, [], now)).toBeUndefined();
  const known = emptyDraft([{ column: 'organization_id', type: 'uuid', seen: ['one'] }]);
  expect(missingInDraft(known, { hash: 'h' }, needed, now)).toBeUndefined();
});
