import { expect, test } from 'vitest';
import type { EnvironmentCard } from '#contract/environments';
import { agesOf, fromNow, stretchOf } from '../../../../src-renderer/screens/home/ages.ts';

const now = Date.parse('2026-11-24T12:00:00Z');
const day = 86_400_000;
const iso = (days: number) => new Date(now + days * day).toISOString();
const card = (id: string, more: Partial<EnvironmentCard>) => ({ id, name: id, ...more }) as EnvironmentCard;
const activeKey = { fingerprint: 'fedc-ba98-7654-3210', createdAt: iso(-50), adopted: false };
const transport = { encrypted: true, verified: 'chain', local: false } as const;

test('an environment has the ages that are on record, and none without a key and a certificate', () => {
  const ages = agesOf([
    card('a', { activeKey: { ...activeKey, activatedAt: iso(-40), provenAt: iso(-3), drillDueAt: iso(87) } }),
    card('b', { transport: { ...transport, validTo: iso(9) } }),
    card('c', { transport }),
    card('d', { activeKey: { ...activeKey, adopted: true } }),
  ]);
  expect(ages).toEqual([
    {
      id: 'a',
      name: 'a',
      before: false,
      keySince: now - 40 * day,
      testedAt: now - 3 * day,
      testDueAt: now + 87 * day,
    },
    { id: 'b', name: 'b', before: false, certificateTo: now + 9 * day },
    { id: 'd', name: 'd', before: true, keySince: now - 50 * day },
  ]);
});

test('what lies years away does not squeeze the rest of the picture', () => {
  const line = { id: 'a', name: 'a', before: false };
  expect(stretchOf([{ ...line, keySince: now - 9000 * day, certificateTo: now + 3650 * day }], now)).toEqual({
    from: now - 730 * day,
    to: now + 365 * day,
  });
  expect(stretchOf([{ ...line, keySince: now - day, testDueAt: now + 90 * day }], now)).toEqual({
    from: now - 7 * day,
    to: now + 97 * day,
  });
});

test('a day is told by its distance', () => {
  expect([9, 1, 0, -1, -1200].map((days) => fromNow(now + days * day, now))).toEqual([
    'in 9 days',
    'in 1 day',
    'today',
    '1 day ago',
    '1,200 days ago',
  ]);
});
