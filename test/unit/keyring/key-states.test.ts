import { describe, expect, test } from 'vitest';
import { emptyRing, type KeyEntry, type KeyRingState } from '#keyring/key-entry';
import { type KeyState } from '#contract/key-record';
import {
  activate,
  adopt,
  beginDestruction,
  destroy,
  forgetArtefact,
  keepAfterAll,
  recordMade,
  recordProof,
  retire,
} from '#keyring/key-states';
import { byCommit } from '#test/support/activations';

const [key, other] = ['1111-1111-1111-1111', '2222-2222-2222-2222'];
const [before, at, later] = [
  '2026-01-01T00:00:00.000Z',
  '2026-02-01T00:00:00.000Z',
  '2026-03-01T00:00:00.000Z',
] as const;

function entry(fingerprint: string, state: KeyState): KeyEntry {
  return {
    fingerprint,
    state,
    createdAt: before,
    ...(state === 'active' && { activatedAt: before }),
    ...(state === 'retired' && { activatedAt: before, retiredAt: before }),
    ...(state === 'destroyed' && { destroyedAt: before }),
    heldIn: 'keychain',
    proofs: [],
  };
}

const ring = (...keys: KeyEntry[]): KeyRingState => ({ keys });
/** No dump needs a key of this ring that is not in use. */
const released = (state: KeyRingState): KeyRingState => ({
  ...state,
  dumps: { noneBefore: at, statedAt: at },
});
const statesOf = ({ keys }: KeyRingState) => keys.map(({ state }) => state).join(' ');

const transitions = {
  activate: (state: KeyRingState) => activate(state, key, at, byCommit(other)),
  retire: (state: KeyRingState) => retire(state, key, at),
  destroy: (state: KeyRingState) => destroy(state, key, at),
  'begin of destruction': (state: KeyRingState) => beginDestruction(released(state), key, at),
  'destroy, once begun': (state: KeyRingState) =>
    destroy(beginDestruction(released(state), key, at), key, at),
  'adopt as pending': (state: KeyRingState) =>
    adopt(state, { fingerprint: key, state: 'pending', heldIn: 'keychain' }, at),
  'adopt as active': (state: KeyRingState) =>
    adopt(state, { fingerprint: key, state: 'active', heldIn: 'keychain' }, at),
};

describe('a key', () => {
  test.for([
    ['pending', 'activate', 'active'],
    ['active', 'activate', 'active'],
    ['retired', 'activate', 'active'],
    ['destroyed', 'activate', 'refused'],
    ['pending', 'retire', 'refused'],
    ['active', 'retire', 'retired'],
    ['retired', 'retire', 'retired'],
    ['destroyed', 'retire', 'refused'],
    ['pending', 'destroy', 'refused'],
    ['active', 'destroy', 'refused'],
    ['retired', 'destroy', 'refused'],
    ['destroyed', 'destroy', 'destroyed'],
    ['pending', 'begin of destruction', 'pending'],
    ['active', 'begin of destruction', 'refused'],
    ['retired', 'begin of destruction', 'retired'],
    ['pending', 'destroy, once begun', 'destroyed'],
    ['retired', 'destroy, once begun', 'destroyed'],
    ['pending', 'adopt as active', 'pending'],
    ['active', 'adopt as pending', 'active'],
    ['retired', 'adopt as pending', 'retired'],
    ['destroyed', 'adopt as pending', 'pending'],
    ['destroyed', 'adopt as active', 'active'],
  ] as const)('that is %s, on %s: %s', ([state, transition, result]) => {
    const change = () => statesOf(transitions[transition](ring(entry(key, state))));
    const code = transition === 'begin of destruction' ? 'key-needed' : 'internal';
    if (result === 'refused') expect(change).toThrow(expect.objectContaining({ code }));
    else expect(change()).toBe(result);
  });

  test('that becomes active retires the one before it', () => {
    const after = activate(ring(entry(other, 'active'), entry(key, 'pending')), key, at, byCommit(other));
    expect(after.keys).toEqual([
      { ...entry(other, 'active'), state: 'retired', retiredAt: at },
      { ...entry(key, 'pending'), state: 'active', activatedAt: at },
    ]);
  });

  test('that becomes active again is no longer marked as retired, and its former time is remembered', () => {
    const after = activate(ring(entry(key, 'retired')), key, at, byCommit(other));
    const earlier = [{ activatedAt: before, retiredAt: before }];
    expect(after.keys[0]).toEqual({ ...entry(key, 'active'), activatedAt: at, earlier });
    const again = activate(retire(after, key, later), key, later, byCommit(other));
    expect(again.keys[0]?.earlier).toEqual([...earlier, { activatedAt: at, retiredAt: later }]);
  });

  test('that is about to be destroyed is kept after all when it is held anew or becomes active', () => {
    const begun = beginDestruction(released(ring(entry(key, 'retired'))), key, at);
    expect(begun.keys[0]).toEqual({ ...entry(key, 'retired'), destroyingSince: at });
    const anew = adopt(begun, { fingerprint: key, state: 'pending', heldIn: 'keychain' }, later);
    expect(anew.keys[0]).toEqual(entry(key, 'retired'));
    expect(activate(begun, key, later, byCommit(other)).keys[0]).not.toHaveProperty('destroyingSince');
    expect(keepAfterAll(begun, key).keys[0]).toEqual(entry(key, 'retired'));
  });

  test('that was destroyed and comes back joins anew, and remembers when it was in use', () => {
    const gone = destroy(beginDestruction(released(ring(entry(key, 'retired'))), key, at), key, at);
    const [back] = adopt(gone, { fingerprint: key, state: 'pending', heldIn: 'keychain' }, later).keys;
    expect(back).toEqual({
      ...entry(key, 'pending'),
      createdAt: later,
      earlier: [{ activatedAt: before, retiredAt: before }],
    });
  });

  test.for(['activate', 'retire', 'destroy'] as const)('that the ring lacks cannot %s', (transition) => {
    expect(() => transitions[transition](ring(entry(other, 'active')))).toThrow(
      expect.objectContaining({ code: 'key-not-in-ring', message: expect.stringContaining(key) }),
    );
  });

  test('cannot join as active beside another active key', () => {
    expect(() => transitions['adopt as active'](ring(entry(other, 'active')))).toThrow(
      /cannot become active while 2222/,
    );
  });

  test.for([
    ['pending', {}],
    ['active', { activatedAt: at, foundInUse: true }],
    ['retired', { retiredAt: at }],
  ] as const)('joins as %s with its date', ([state, dates]) => {
    const heldIn = { ownFile: '/keys/one' };
    expect(adopt(emptyRing, { fingerprint: key, state, heldIn }, at).keys).toEqual([
      { fingerprint: key, state, createdAt: at, ...dates, heldIn, proofs: [] },
    ]);
  });

  test('remembers every other place in which a copy may lie, once', () => {
    const places = [
      'keychain',
      'sealed-file',
      { ownFile: '/a' },
      { ownFile: '/b' },
      'keychain',
      { ownFile: '/a' },
      'sealed-file',
    ] as const;
    let state = emptyRing;
    for (const heldIn of places) state = adopt(state, { fingerprint: key, state: 'pending', heldIn }, at);
    expect(state.keys[0]).toMatchObject({
      heldIn: 'sealed-file',
      heldBefore: [{ ownFile: '/b' }, 'keychain', { ownFile: '/a' }],
    });
  });

  test('that is held anew keeps its proofs and dates and changes its place', () => {
    const proof = { artefact: 'age-file', location: '/backup.age', provenAt: before } as const;
    const proven = recordProof(ring(entry(key, 'active')), key, proof);
    const after = adopt(proven, { fingerprint: key, state: 'pending', heldIn: 'sealed-file' }, at);
    const heldBefore = ['keychain'];
    expect(after.keys).toEqual([
      { ...entry(key, 'active'), heldIn: 'sealed-file', heldBefore, proofs: [proof] },
    ]);
  });
});

describe('a proof', () => {
  const proof = { artefact: 'age-file', location: '/a.age', provenAt: before } as const;

  test('takes the place of an earlier one of the same artefact, not of others', () => {
    const others = [
      { ...proof, location: '/b.age' },
      { ...proof, artefact: 'own-file' as const },
    ];
    let state = ring(entry(key, 'pending'));
    for (const each of [proof, ...others, { ...proof, provenAt: at }]) state = recordProof(state, key, each);
    expect(state.keys[0]?.proofs).toEqual([...others, { ...proof, provenAt: at }]);
  });

  test('of a destroyed or unknown key is refused', () => {
    expect(() => recordProof(ring(entry(key, 'destroyed')), key, proof)).toThrow(/destroyed/);
    expect(() => recordProof(emptyRing, key, proof)).toThrow(/has no key 1111/);
  });
});

describe('an artefact that was made', () => {
  const made = {
    artefact: 'age-file',
    location: '/a.age',
    madeAt: before,
    opensBy: 'passphrase',
  } as const;
  const all = [made, { ...made, location: '/b.age' }, { ...made, artefact: 'words' as const }];
  const listed = all.reduce((state, one) => recordMade(state, key, one), ring(entry(key, 'pending')));

  test('is listed by its form and its place', () => {
    expect(listed.keys[0]?.made).toEqual(all);
  });

  test('takes the place of an earlier one of the same form in the same place', () => {
    const anew = { ...made, madeAt: later };
    expect(recordMade(listed, key, anew).keys[0]?.made).toEqual([...all.slice(1), anew]);
  });

  test('is taken off the list with its proof, and no other is', () => {
    const proofOf = ({ artefact, location }: (typeof all)[number]) => ({ artefact, location, provenAt: at });
    const proven = all.reduce((state, one) => recordProof(state, key, proofOf(one)), listed);
    const left = forgetArtefact(proven, key, made).keys[0];
    expect(left?.made).toEqual(all.slice(1));
    expect(left?.proofs).toEqual(all.slice(1).map(proofOf));
  });
});
