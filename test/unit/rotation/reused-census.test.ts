import { expect, test } from 'vitest';
import type { Census } from '#census/census-result';
import { generateEncryptionKey } from '#crypto/encryption-key';
import { checkCensus } from '#rotation/preflight/census';

/** A client that cannot be asked: whoever reads the database fails. */
const silent = { query: () => Promise.reject(new Error('the database was read')) } as never;

function censusUnder(key: string, more: Partial<Census> = {}): Census {
  const now = new Date().toISOString();
  return {
    keys: [key],
    opened: [key],
    places: [],
    unread: [],
    tables: 41,
    cells: 9,
    bytes: 9,
    scope: '',
    beganAt: now,
    endedAt: now,
    ...more,
  };
}

const check = (change: (key: string) => Census) => {
  const [from, to] = [generateEncryptionKey(), generateEncryptionKey()];
  return checkCensus(silent, {
    keys: { from, to, toMayBePresent: false, inDoubt: 'stop' },
    inventory: { version: 1, columns: [] },
    left: [],
    known: change(from.fingerprint),
  });
};

test('a new census of the same key is used again, and the finding says when it was read', async () => {
  const { findings } = await check((key) => censusUnder(key));
  expect(findings).toMatchObject([
    {
      level: 'pass',
      message: expect.stringMatching(/read by the preflight that began at .*rows written since/),
    },
  ]);
});

test.for<[string, (key: string) => Census]>([
  ['an old one', (key) => censusUnder(key, { beganAt: new Date(Date.now() - 3_600_000).toISOString() })],
  ['one of another key', () => censusUnder('aaaa-aaaa-aaaa-aaaa')],
  ['one that stopped', (key) => censusUnder(key, { unread: [{ table: 't', reason: 'no SELECT' }] })],
])('%s is not: the database is read', async ([, change]) => {
  await expect(check(change)).rejects.toThrow(/database|reading/);
});
