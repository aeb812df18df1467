import { expect, test } from 'vitest';
import type { EnvironmentCard } from '#contract/environments';
import { byUrgency, certificateDue } from '../../../src-renderer/components/environments/next-steps.ts';
import { dueTotals, summaryOf } from '../../../src-renderer/screens/home/next-action.ts';
import { besideInWords } from '../../../src-renderer/screens/home/ring-text.ts';
import { transportInWords } from '../../../src-renderer/screens/home/transport-text.ts';

const card = (action: EnvironmentCard['next']['action']) =>
  ({ next: { action, why: '' } }) as EnvironmentCard;

test('one line says how many environments there are and how many wait', () => {
  expect(summaryOf([card('nothing')])).toBe('One environment. Nothing to do.');
  expect(summaryOf([card('prove')])).toBe('One environment. It needs attention.');
  expect(summaryOf([card('rotate'), card('nothing')])).toBe('Two environments. One needs attention.');
  expect(summaryOf(Array.from({ length: 12 }, () => card('drill')))).toBe(
    '12 environments. 12 need attention.',
  );
});

test.each([
  [{ encrypted: false, verified: 'none', local: true }, 'local socket'],
  [{ encrypted: false, verified: 'none', local: false }, 'not encrypted'],
  [{ encrypted: true, protocol: 'TLSv1.3', verified: 'none', local: false }, 'TLS 1.3, not verified'],
  [{ encrypted: true, protocol: 'TLSv1.2', verified: 'chain', local: false }, 'TLS 1.2, chain verified'],
  [
    {
      encrypted: true,
      protocol: 'TLSv1.3',
      verified: 'chain-and-host',
      validTo: '2027-11-02T12:00:00Z',
      local: false,
    },
    'TLS 1.3, verified to 2 Nov 2027',
  ],
] as const)('a connection says how it is protected: %o', (transport, words) => {
  expect(transportInWords(transport)).toBe(words);
});

const fingerprint = '0123-4567-89ab-cdef';
const activeKey = { fingerprint: 'fedc-ba98-7654-3210', createdAt: '2026-11-01T12:00:00Z', adopted: false };

test.each([
  [{ activeKey, pendingKey: fingerprint, retiredKeys: 0 }, 'a new key is ready to rotate to'],
  [
    { activeKey, pendingKey: fingerprint, retiredKeys: 2 },
    'a new key is ready to rotate to, 2 retired keys kept',
  ],
  [{ activeKey, retiredKeys: 1 }, '1 retired key kept'],
  [{ pendingKey: fingerprint, retiredKeys: 0 }, undefined],
] as const)('a card says what the key ring holds beside the key that it names: %o', (ring, words) => {
  expect(besideInWords(ring)).toBe(words);
});

const now = Date.parse('2026-11-24T12:00:00Z');
const named = (
  name: string,
  action: EnvironmentCard['next']['action'],
  more: Partial<EnvironmentCard> = {},
): EnvironmentCard => ({ name, production: false, ...card(action), ...more });
const ending = {
  transport: {
    encrypted: true,
    verified: 'chain-and-host',
    local: false,
    validTo: '2026-12-03T12:00:00Z',
  },
} as const;

test('the most urgent environment comes first, production before others, and names as people count them', () => {
  const cards = [
    named('calm', 'nothing'),
    named('org_10', 'drill'),
    named('org_2', 'drill'),
    named('shop', 'drill', { production: true }),
    named('certificate', 'nothing', ending),
    named('broken', 'recover'),
  ];
  expect(byUrgency(cards, now).map(({ name }) => name)).toEqual([
    'broken',
    'shop',
    'org_2',
    'org_10',
    'certificate',
    'calm',
  ]);
  expect(dueTotals(cards, now).map(({ words }) => words)).toEqual([
    '1 × Unresolved',
    '3 × Backup untested',
    '1 × Certificate expires soon',
  ]);
  expect(summaryOf(cards, now)).toBe('Six environments. Five need attention.');
});

test('a certificate is told of when it ends within thirty days', () => {
  expect(certificateDue(named('a', 'nothing', ending), now)).toBe('certificate expires in 9 days');
  expect(certificateDue(named('a', 'nothing', ending), now - 60 * 86_400_000)).toBeUndefined();
  expect(certificateDue(named('a', 'nothing', ending), now + 60 * 86_400_000)).toBe(
    'certificate has expired',
  );
  expect(certificateDue(named('a', 'nothing'), now)).toBeUndefined();
});
