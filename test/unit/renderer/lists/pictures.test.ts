import { expect, test } from 'vitest';
import type { KeyEntry } from '#contract/keys';
import type { ColumnProof } from '#contract/shapes';
import { keyHistory } from '../../../../src-renderer/screens/key/key-history.ts';
import { barOf } from '../../../../src-renderer/screens/prove/proof-shares.ts';

const day = (at: number) => `2026-01-${String(at).padStart(2, '0')}T00:00:00.000Z`;
const ms = (at: number) => Date.parse(day(at));

test('the life of the keys is each of their times in use, and what was done with them, oldest first', () => {
  const old: KeyEntry = {
    fingerprint: 'old',
    state: 'active',
    origin: 'adopted',
    createdAt: day(1),
    earlier: [{ activatedAt: day(1), retiredAt: day(5) }],
    activatedAt: day(7),
    proofs: [{ artefact: 'age-file', location: '/old.age', provenAt: day(2) }],
  };
  const fresh: KeyEntry = {
    fingerprint: 'new',
    state: 'retired',
    origin: 'generated',
    createdAt: day(3),
    activatedAt: day(5),
    retiredAt: day(7),
    proofs: [],
  };
  const { uses, events } = keyHistory([old, fresh], []);
  expect(uses).toEqual([
    { fingerprint: 'old', state: 'active', before: true, from: ms(1), to: ms(5) },
    { fingerprint: 'old', state: 'active', before: false, from: ms(7) },
    { fingerprint: 'new', state: 'retired', before: false, from: ms(5), to: ms(7) },
  ]);
  expect(events.map(({ kind }) => kind)).toEqual([
    'imported',
    'in use',
    'backup tested',
    'made',
    'retired',
    'in use',
    'in use',
    'retired',
  ]);
});

test('a bar has every value of its column once, and what was excluded by name is no unknown', () => {
  const column: ColumnProof = {
    entry: { schema: 'public', table: 'token', column: 'secret', layout: 'base64', kind: 'unknown' },
    verdict: 'mixed',
    rows: 10,
    proven: 6,
    contradicted: 1,
    inconclusive: 2,
    unrecognised: 1,
    bits: 900,
  };
  for (const [excluded, counts] of [
    [['token'], { proven: 6, likely: 2, excluded: 2, 'not known': 0 }],
    [['other'], { proven: 6, likely: 2, excluded: 0, 'not known': 2 }],
  ] as const) {
    expect(barOf(column, excluded)).toEqual({ values: 10, counts });
  }
});
