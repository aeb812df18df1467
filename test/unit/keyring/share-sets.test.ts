import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import type { KeyRingState } from '#keyring/key-entry';
import { changeKeyRing, readKeyRing } from '#keyring/key-ring-file';
import {
  coverOf,
  markSet,
  recordAskedShare,
  recordMadeSet,
  recordProvenShare,
  recordTestedSet,
  setOf,
  setsOf,
  type SetOfShares,
} from '#keyring/share-sets';
import { firstHome } from '../state/kinds.ts';
import { test } from '#test/support/temp-folder';

// The register of sets of shares: which one counts, and which shares were there when.

const key = '1111-2222-3333-4444';
const ring: KeyRingState = {
  keys: [
    { fingerprint: key, state: 'active', createdAt: day(1), heldIn: 'keychain', proofs: [] },
    {
      fingerprint: '5555-6666-7777-8888',
      state: 'retired',
      createdAt: day(1),
      heldIn: 'keychain',
      proofs: [],
    },
  ],
};

function day(n: number): string {
  return `2026-11-${`${n}`.padStart(2, '0')}T00:00:00.000Z`;
}

function aSet(set: string, numbers = [1, 2, 3]): SetOfShares {
  const check = (number: number) => `${set}${number}`.padEnd(43, 'x');
  return {
    set,
    threshold: 2,
    shares: numbers.map((number) => ({ number, holder: `holder ${number}`, check: check(number) })),
  };
}

function made(state: KeyRingState, set: string, at: string): KeyRingState {
  return recordMadeSet(state, key, { ...aSet(set), location: `/shares/${set}` }, at);
}

const standings = (state: KeyRingState) =>
  Object.fromEntries(
    setsOf(state).map(({ set, standing, standingSince }) => [set, [standing, standingSince]]),
  );

describe('the register', () => {
  test('lets the newest set that was made count, and calls the former one replaced since then', () => {
    const state = made(made(ring, '0001', day(2)), '0002', day(3));
    expect(standings(state)).toEqual({ '0001': ['replaced', day(3)], '0002': ['counts', day(3)] });
    expect(standings(markSet(state, key, '0001', { standing: 'counts' }, day(4)))).toEqual({
      '0001': ['counts', day(4)],
      '0002': ['replaced', day(4)],
    });
  });

  test('names a void set with its reason, and leaves the others as they are', () => {
    const state = made(made(ring, '0001', day(2)), '0002', day(3));
    const gone = markSet(state, key, '0001', { standing: 'void', reason: 'lost' }, day(4));
    expect(setOf(gone, '0001')).toMatchObject({ standing: 'void', standingSince: day(4), reason: 'lost' });
    expect(setOf(gone, '0002')).toMatchObject({ standing: 'counts', standingSince: day(3) });
    const again = markSet(gone, key, '0001', { standing: 'void', reason: 'lost' }, day(5));
    expect(setOf(again, '0001').standingSince).toBe(day(4));
    expect(setOf(markSet(gone, key, '0001', { standing: 'counts' }, day(5)), '0001')).not.toHaveProperty(
      'reason',
    );
  });

  test('keeps the sets of each key apart', () => {
    const both = recordMadeSet(
      made(ring, '0001', day(2)),
      '5555-6666-7777-8888',
      { ...aSet('0002'), location: '/old' },
      day(3),
    );
    expect(standings(both)).toEqual({ '0001': ['counts', day(2)], '0002': ['counts', day(3)] });
    expect(setOf(both, '0002').fingerprint).toBe('5555-6666-7777-8888');
  });

  test('enters a set that a test came upon: as the one that counts where there is none, else unmarked', () => {
    const first = recordTestedSet(ring, key, aSet('0001', [1, 3]), day(2));
    const second = recordTestedSet(first, key, aSet('0002'), day(3));
    expect(standings(second)).toEqual({ '0001': ['counts', day(2)], '0002': ['unmarked', day(3)] });
    expect(setOf(second, '0001').shares.map(({ number, provenAt }) => [number, provenAt])).toEqual([
      [1, day(2)],
      [3, day(2)],
    ]);
    const more = recordTestedSet(second, key, aSet('0001', [2, 3]), day(4));
    expect(setOf(more, '0001').shares.map(({ number, provenAt }) => [number, provenAt])).toEqual([
      [1, day(2)],
      [2, day(4)],
      [3, day(4)],
    ]);
  });

  test('dates no share of another set that has the same name', () => {
    const state = made(ring, '0001', day(2));
    const [share] = aSet('0001').shares as [SetOfShares['shares'][number]];
    const altered = { ...aSet('0001'), shares: [{ ...share, check: 'y'.repeat(43) }] };
    expect(recordTestedSet(state, key, altered, day(3))).toBe(state);
    expect(recordTestedSet(state, key, { ...aSet('0001'), threshold: 3 }, day(3))).toBe(state);
  });

  test('says since when the shares that were proven are enough, and nothing while they are too few', () => {
    const place = (number: number) => ({ fingerprint: key, set: '0001', number });
    let state = made(ring, '0001', day(2));
    expect(coverOf(setOf(state, '0001'))).toEqual({ proven: 0 });
    state = recordProvenShare(state, place(3), day(9));
    expect(coverOf(setOf(state, '0001'))).toEqual({ proven: 1 });
    state = recordProvenShare(state, place(1), day(5));
    expect(coverOf(setOf(state, '0001'))).toEqual({ proven: 2, since: day(5) });
    state = recordProvenShare(state, place(2), day(7));
    expect(coverOf(setOf(state, '0001'))).toEqual({ proven: 3, since: day(7) });
  });

  test('closes a question with the proof, and takes no earlier date for a later one', () => {
    const place = { fingerprint: key, set: '0001', number: 1 };
    const asked = recordAskedShare(made(ring, '0001', day(2)), place, { nonce: 'n'.repeat(22), at: day(3) });
    const proven = recordProvenShare(recordProvenShare(asked, place, day(8)), place, day(3));
    expect(setOf(asked, '0001').shares[0]).toHaveProperty('asked');
    expect(setOf(proven, '0001').shares[0]).not.toHaveProperty('asked');
    expect(setOf(proven, '0001').shares[0]?.provenAt).toBe(day(8));
  });

  test('names the registered sets where one is asked for that is not among them', () => {
    expect(() => setOf(made(ring, '0001', day(2)), '0002')).toThrow(
      'no set of shares called `0002` is registered',
    );
    expect(() => setOf(ring, '0002')).toThrow('nothing was recorded');
  });
});

test('a key ring of a Keel without a register is read, and what a later Keel adds to a set stays', async ({
  folder,
}) => {
  const text = await readFile(join(firstHome, 'environments', 'acme', 'keyring.json'), 'utf8');
  const home = join(folder, 'acme');
  await mkdir(home);
  await writeFile(join(home, 'keyring.json'), text);
  expect(setsOf(await readKeyRing(home))).toEqual([]);
  const active = 'e280-14d2-a29b-8209';
  await changeKeyRing(home, (state) =>
    recordMadeSet(state, active, { ...aSet('0001'), location: '/shares' }, day(2)),
  );
  const path = join(home, 'keyring.json');
  const document = JSON.parse(await readFile(path, 'utf8'));
  document.keys[0].shareSets[0].seenIn = 'a safe';
  document.keys[0].shareSets[0].shares[1].medium = 'steel';
  await writeFile(path, JSON.stringify(document));
  await changeKeyRing(home, (state) =>
    recordProvenShare(state, { fingerprint: active, set: '0001', number: 2 }, day(3)),
  );
  expect(JSON.parse(await readFile(path, 'utf8')).keys[0].shareSets[0]).toMatchObject({
    seenIn: 'a safe',
    shares: [{ number: 1 }, { number: 2, medium: 'steel', provenAt: day(3) }, { number: 3 }],
  });
});
