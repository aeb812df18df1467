import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { stateDumps } from '#keyring/dump-statement';
import { emptyRing, type KeyRingState } from '#keyring/key-entry';
import { dumpPeriods, isReleased, neededUntil } from '#keyring/key-memory';
import { readKeyRing } from '#keyring/key-ring-file';
import { activate, adopt, entryOf } from '#keyring/key-states';
import { test } from '#test/support/temp-folder';
import { byCommit, byValues } from '#test/support/activations';

const [first, second, third] = ['1111-1111-1111-1111', '2222-2222-2222-2222', '3333-3333-3333-3333'] as const;
const day = (n: number) => `2026-01-0${n}T00:00:00.000Z`;

const joins = (ring: KeyRingState, fingerprint: string, at: string, origin?: 'generated' | 'adopted') =>
  adopt(ring, { fingerprint, state: 'pending', heldIn: 'keychain', ...(origin && { origin }) }, at);

/** The first key is found in use on day 1, the second takes over on day 3, an undo goes back on day 4, the third comes on day 6. */
function rotated(): KeyRingState {
  let ring = activate(joins(emptyRing, first, day(1), 'adopted'), first, day(1), byValues(null));
  ring = activate(joins(ring, second, day(2), 'generated'), second, day(3), byCommit(first));
  ring = activate(ring, first, day(4), byCommit(second));
  return activate(joins(ring, third, day(5), 'generated'), third, day(6), byCommit(first));
}

const periods = (ring: KeyRingState, fingerprint: string) => dumpPeriods(ring, entryOf(ring, fingerprint));

describe('the dumps that a key opens', () => {
  test('are those of the times in which it was active, each rotation and undo counted', () => {
    const ring = rotated();
    expect(periods(ring, first)).toEqual([{ to: day(3) }, { from: day(4), to: day(6) }]);
    expect(periods(ring, second)).toEqual([{ from: day(3), to: day(4) }]);
    expect(periods(ring, third)).toEqual([{ from: day(6) }]);
  });

  test('are none of a key that was never active, and all older ones of a key that joined as retired', () => {
    const pending = joins(rotated(), '4444-4444-4444-4444', day(7));
    expect(periods(pending, '4444-4444-4444-4444')).toEqual([]);
    const old = { fingerprint: '5555-5555-5555-5555', state: 'retired', heldIn: 'keychain' } as const;
    expect(periods(adopt(pending, old, day(8)), old.fingerprint)).toEqual([{ to: day(8) }]);
  });

  test('may be older than the day on which a key was found in use in place of another', () => {
    const ring = activate(joins(rotated(), second, day(7)), second, day(7), byValues(third));
    expect(periods(ring, second)).toEqual([{}]);
    expect(periods(ring, third)).toEqual([{ from: day(6), to: day(7) }]);
  });
});

describe('a statement of dumps', () => {
  test('releases the keys that were retired before, and no other', () => {
    const ring = rotated();
    const [one, two] = [entryOf(ring, first), entryOf(ring, second)];
    expect([neededUntil(one), neededUntil(two)]).toEqual([day(6), day(4)]);
    const stated = { noneBefore: day(5), statedAt: day(7) };
    expect([isReleased(one, stated), isReleased(two, stated), isReleased(two, undefined)]).toEqual([
      false,
      true,
      false,
    ]);
  });

  test('is not asked for a key that was made here and never used, but for one that was adopted', () => {
    const ring = joins(joins(emptyRing, first, day(1), 'generated'), second, day(2), 'adopted');
    expect(isReleased(entryOf(ring, first), undefined)).toBe(true);
    expect(isReleased(entryOf(ring, second), undefined)).toBe(false);
    expect(isReleased(entryOf(ring, second), { noneBefore: day(2), statedAt: day(3) })).toBe(true);
  });

  test('is asked for a key of which nothing is known, and says nothing about dumps from its day on', () => {
    const ring = joins(emptyRing, first, day(2));
    expect(neededUntil(entryOf(ring, first))).toBe(day(2));
    const released = (noneBefore: string) =>
      isReleased(entryOf(ring, first), { noneBefore, statedAt: day(9) });
    expect([day(1), day(2), day(3)].map(released)).toEqual([false, true, true]);
  });

  test('is kept with its date, replaced by the next one, and withdrawn', async ({ folder }) => {
    const now = new Date(day(9));
    await stateDumps(folder, new Date(day(5)), now);
    expect((await readKeyRing(folder)).dumps).toEqual({ noneBefore: day(5), statedAt: day(9) });
    await stateDumps(folder, new Date(day(6)), now);
    expect((await readKeyRing(folder)).dumps?.noneBefore).toBe(day(6));
    expect(() => stateDumps(folder, new Date('2027-01-01'), now)).toThrow(
      expect.objectContaining({ code: 'usage' }),
    );
    await stateDumps(folder, undefined, now);
    expect(await readKeyRing(folder)).toEqual(emptyRing);
    expect(await readFile(join(folder, 'keyring.json'), 'utf8')).not.toContain('dumps');
  });
});
