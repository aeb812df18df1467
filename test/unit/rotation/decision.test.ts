import { describe, expect, test } from 'vitest';
import type { JudgedCell } from '#evidence/judge-cells';
import { provenBits } from '#evidence/plaintexts/value-evidence';
import { decide, type Decision, type WrittenUnder } from '#rotation/run/decision';

/** What a key makes of a value: opens it with so many bits, or not at all. */
function seen(bits: number | 'noise', length = 8): JudgedCell {
  const evidence =
    bits === 'noise'
      ? ({ verdict: 'contradicted', bits: 0 } as const)
      : ({ verdict: bits >= provenBits ? 'proven' : 'inconclusive', bits } as const);
  const plaintext = new Uint8Array(length);
  const parts = { iv: Buffer.alloc(16), body: Buffer.alloc(length), keepsIv: false, spans: [] };
  return { ciphertext: { ...parts, rewrite: () => [] }, plaintext, evidence };
}

const noise = seen('noise');
const none = seen(0, 0);

describe('with one key in question, a value', () => {
  test.for([
    ['in another form', undefined, 'unrecognised'],
    ['that the old key does not open', noise, 'contradicted'],
    ['that the old key proves', seen(200), 'rewrite'],
    ['that is short', seen(3), 'rewrite'],
    ['that holds nothing', none, 'empty'],
  ] as const)('%s: %3$s', ([, from, decision]) => {
    for (const written of [undefined, 'from', 'to'] as const) {
      expect(decide(from, undefined, written, 'stop')).toBe(decision);
      expect(decide(from, undefined, written, 'rewrite')).toBe(decision);
    }
  });
});

describe('with both keys in question, a value', () => {
  const table: readonly (readonly [string, JudgedCell | undefined, JudgedCell, Decision])[] = [
    ['in another form', undefined, seen(200), 'unrecognised'],
    ['that neither key opens', noise, noise, 'contradicted'],
    ['that only the old key opens', seen(200), noise, 'rewrite'],
    ['that is short and only the old key opens', seen(3), noise, 'rewrite'],
    ['that only the new key opens', noise, seen(200), 'already'],
    ['that is short and only the new key opens', noise, seen(3), 'already'],
    ['that holds nothing', none, none, 'empty'],
    ['that both open, the old key by twenty bits more', seen(10 + provenBits), seen(10), 'rewrite'],
    ['that both open, the new key by twenty bits more', seen(10), seen(10 + provenBits), 'already'],
    ['that both open equally well', seen(5), seen(5), 'ambiguous'],
    ['that both open, the old key by a little less than twenty bits more', seen(29.9), seen(10), 'ambiguous'],
    ['that both open, the new key by a little less than twenty bits more', seen(10), seen(29.9), 'ambiguous'],
  ];
  test.for(table)('%s: %4$s', ([, from, to, decision]) => {
    for (const inDoubt of ['stop', 'leave'] as const)
      expect(decide(from, to, undefined, inDoubt)).toBe(decision);
  });

  test.for([
    ['from', 'rewrite'],
    ['to', 'already'],
  ] as const)('that both open goes by who wrote its row: under %s: %s', ([written, decision]) => {
    for (const [from, to] of [
      [5, 5],
      [60, 10],
      [10, 60],
    ] as const) {
      expect(decide(seen(from), seen(to), written, 'stop')).toBe(decision);
    }
  });

  test.for<WrittenUnder>(['from', 'to'])(
    'that one key opens goes by that key, though its row was written under %s',
    (written) => {
      expect(decide(seen(3), noise, written, 'stop')).toBe('rewrite');
      expect(decide(noise, seen(3), written, 'stop')).toBe('already');
      expect(decide(noise, noise, written, 'stop')).toBe('contradicted');
    },
  );

  test('that is ambiguous is taken for one of the old key only if the admin vouches for it', () => {
    expect(decide(seen(5), seen(5), undefined, 'rewrite')).toBe('rewrite');
    expect(decide(noise, seen(5), undefined, 'rewrite')).toBe('already');
    expect(decide(noise, noise, undefined, 'rewrite')).toBe('contradicted');
    expect(decide(none, none, undefined, 'rewrite')).toBe('empty');
  });
});
