import { provenBits } from '#evidence/plaintexts/value-evidence';
import { activeKeyOf } from '#shared/active-key';
import { KeelError } from '#errors/keel-error';
import { text } from '#errors/text';
import type { HeldIn, KeyEntry, KeyRingState } from './key-entry.ts';
import type { KeyOrigin, KeyProof, KeyState, MadeArtefact } from '#contract/key-record';
import { assertDestroyable, usesOf } from './key-memory.ts';

/** The states in which a key can join a ring. */
export type JoiningState = Exclude<KeyState, 'destroyed'>;

/**
 * Takes a key into the ring. One that is there already keeps its state, dates and proofs and is only held elsewhere now;
 * a destroyed one that turned up again joins anew, with its former times. Throws if it is to be active beside another
 * active key.
 */
export function adopt(
  ring: KeyRingState,
  key: {
    readonly fingerprint: string;
    readonly state: JoiningState;
    readonly heldIn: HeldIn;
    readonly origin?: KeyOrigin;
  },
  at: string,
): KeyRingState {
  const { fingerprint, state, heldIn, origin } = key;
  const known = find(ring, fingerprint);
  if (known && known.state !== 'destroyed') return replace(ring, heldAnew(known, heldIn));
  const active = activeKeyOf(ring.keys);
  if (state === 'active' && active)
    throw illegal(fingerprint, `become active while ${active.fingerprint} is active`);
  const entry: KeyEntry = {
    fingerprint,
    state,
    createdAt: at,
    ...(state === 'active' && { activatedAt: at, foundInUse: true }),
    ...(state === 'retired' && { retiredAt: at }),
    ...earlierOf(known),
    heldIn,
    ...(origin && { origin }),
    proofs: [],
  };
  return known ? replace(ring, entry) : { ...ring, keys: [...ring.keys, entry] };
}

/** What was seen just now of a key that becomes the active one: without it, none does. */
export type Activation =
  | {
      /** It decrypts values of the database, which no rotation brought to it. */
      readonly seen: 'values';
      /** Evidence for it in those values: see `evidenceFor`. */
      readonly bits: number;
      /** The key that it takes the place of, null for none. */
      readonly insteadOf: string | null;
    }
  | {
      /** A rotation that brought the rows to it was committed. */
      readonly seen: 'commit';
      /** Fingerprint of the key that the rotation came from. */
      readonly from: string;
    };

/**
 * Makes a pending or (for an undo) retired key the active one and retires the former, and the key that a rotation came from. The active
 * one stays as it is. Throws `key-unproven` for values that do not prove the key, and `confirmation-missing` where it would take the place
 * of another key than was decided on.
 */
export function activate(
  ring: KeyRingState,
  fingerprint: string,
  at: string,
  seen: Activation,
): KeyRingState {
  const key = entryOf(ring, fingerprint);
  if (key.state === 'active') return ring;
  if (key.state === 'destroyed') throw illegal(fingerprint, 'become active: it is destroyed');
  const former = activeKeyOf(ring.keys);
  if (seen.seen === 'values') {
    if (seen.bits < provenBits) throw unproven(fingerprint, seen.bits);
    if ((former?.fingerprint ?? null) !== seen.insteadOf)
      throw activeChanged(fingerprint, former?.fingerprint);
  }
  const { retiredAt: _, foundInUse: __, destroyingSince: ___, ...rest } = key;
  const retired = former ? retire(ring, former.fingerprint, at) : ring;
  const left = seen.seen === 'commit' ? leave(retired, seen.from, at) : retired;
  return replace(left, {
    ...rest,
    ...earlierOf(key),
    state: 'active',
    activatedAt: at,
    ...(seen.seen === 'values' && { foundInUse: true }),
  });
}

/** Retires a key that rows were rotated away from, where it had not been proven by values and so was never the active one. */
function leave(ring: KeyRingState, fingerprint: string, at: string): KeyRingState {
  const key = find(ring, fingerprint);
  return key?.state === 'pending' ? replace(ring, { ...key, state: 'retired', retiredAt: at }) : ring;
}

/** Retires the active key: kept for old database dumps, used for nothing new. A retired one stays as it is. */
export function retire(ring: KeyRingState, fingerprint: string, at: string): KeyRingState {
  const key = entryOf(ring, fingerprint);
  if (key.state === 'retired') return ring;
  if (key.state !== 'active') throw illegal(fingerprint, `be retired: it is ${key.state}`);
  return replace(ring, { ...key, state: 'retired', retiredAt: at });
}

/** Records that the secret of a key is about to be removed. Throws `key-needed` where the ring still needs it. */
export function beginDestruction(ring: KeyRingState, fingerprint: string, at: string): KeyRingState {
  const key = entryOf(ring, fingerprint);
  assertDestroyable(ring, key);
  return replace(ring, { ...key, destroyingSince: key.destroyingSince ?? at });
}

/** Takes back that a key is about to be destroyed: its secret was not touched. */
export function keepAfterAll(ring: KeyRingState, fingerprint: string): KeyRingState {
  const { destroyingSince: _, ...key } = entryOf(ring, fingerprint);
  return replace(ring, key);
}

/** Records that the secret of a key is gone: only after its destruction began. */
export function destroy(ring: KeyRingState, fingerprint: string, at: string): KeyRingState {
  const { destroyingSince, ...key } = entryOf(ring, fingerprint);
  if (key.state === 'destroyed') return ring;
  if (key.state === 'active' || destroyingSince === undefined)
    throw illegal(fingerprint, `be destroyed: it is ${key.state}`);
  return replace(ring, { ...key, state: 'destroyed', destroyedAt: at });
}

/** Records a drill. A later one of the same artefact in the same place takes the place of the former. */
export function recordProof(ring: KeyRingState, fingerprint: string, proof: KeyProof): KeyRingState {
  const key = entryOf(ring, fingerprint);
  if (key.state === 'destroyed') throw illegal(fingerprint, 'be proven: it is destroyed');
  const others = key.proofs.filter(
    ({ artefact, location }) => artefact !== proof.artefact || location !== proof.location,
  );
  return replace(ring, { ...key, proofs: [...others, proof] });
}

/** Records that an artefact was made. A later one of the same form in the same place takes the place of the former. */
export function recordMade(ring: KeyRingState, fingerprint: string, made: MadeArtefact): KeyRingState {
  const key = entryOf(ring, fingerprint);
  const others = (key.made ?? []).filter(
    ({ artefact, location }) => artefact !== made.artefact || location !== made.location,
  );
  return replace(ring, { ...key, made: [...others, made] });
}

/** Takes an artefact off the list, with its proof: it is lost, or was destroyed. */
export function forgetArtefact(
  ring: KeyRingState,
  fingerprint: string,
  gone: Pick<MadeArtefact, 'artefact' | 'location'>,
): KeyRingState {
  const key = entryOf(ring, fingerprint);
  const isOther = ({ artefact, location }: typeof gone) =>
    artefact !== gone.artefact || location !== gone.location;
  return replace(ring, {
    ...key,
    proofs: key.proofs.filter(isOther),
    ...(key.made && { made: key.made.filter(isOther) }),
  });
}

/** The entry of a key; undefined where the ring has none. */
function find(ring: KeyRingState, fingerprint: string): KeyEntry | undefined {
  return ring.keys.find((key) => key.fingerprint === fingerprint);
}

/** The entry of a key; throws `key-not-in-ring`. */
export function entryOf(ring: KeyRingState, fingerprint: string): KeyEntry {
  const key = find(ring, fingerprint);
  if (key) return key;
  throw new KeelError(
    'key-not-in-ring',
    `the key ring has no key ${fingerprint}; nothing was changed`,
    text`check the fingerprint, or ${{ do: 'give-key' }}`,
  );
}

/** A key stored again, in the same place or in another: whatever was begun to destroy it is undone by that. */
function heldAnew(
  { heldIn: former, heldBefore = [], destroyingSince: _, ...key }: KeyEntry,
  heldIn: HeldIn,
): KeyEntry {
  const places = [...heldBefore, former].filter((place) => !isSamePlace(place, heldIn));
  const before = places.filter((place, i) => !places.slice(0, i).some((other) => isSamePlace(other, place)));
  return { ...key, heldIn, ...(before.length > 0 && { heldBefore: before }) };
}

function isSamePlace(one: HeldIn, other: HeldIn): boolean {
  if (typeof one !== 'object' || typeof other !== 'object') return one === other;
  return one.ownFile === other.ownFile;
}

/** The times of use that a new one is added to. */
function earlierOf(key: KeyEntry | undefined): Pick<KeyEntry, 'earlier'> {
  const uses = key ? usesOf(key).flatMap((use) => (use.retiredAt === undefined ? [] : [use])) : [];
  return uses.length > 0 ? { earlier: uses as NonNullable<KeyEntry['earlier']> } : {};
}

function replace(ring: KeyRingState, entry: KeyEntry): KeyRingState {
  return { ...ring, keys: ring.keys.map((key) => (key.fingerprint === entry.fingerprint ? entry : key)) };
}

function unproven(fingerprint: string, bits: number): KeelError {
  return new KeelError(
    'key-unproven',
    `the values do not prove that key ${fingerprint} is right (${bits} bits); the active key was not changed`,
    text`${{ do: 'prove-active-key' }}`,
  );
}

/** Another key than the one that was decided on is the active one by now. */
export function activeChanged(fingerprint: string, active: string | undefined): KeelError {
  return new KeelError(
    'confirmation-missing',
    `${active === undefined ? 'no key is active any more' : `key ${active} became the active key in the meantime`}, so key ${fingerprint} was not made the active one; the key ring was not changed`,
    'check which key the database is encrypted with, then start again',
  );
}

function illegal(fingerprint: string, what: string): KeelError {
  return new KeelError(
    'internal',
    `key ${fingerprint} cannot ${what}; the key ring was not changed`,
    'check the environment’s keys with the key list, then start again from the active one',
  );
}
