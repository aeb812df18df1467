import { KeelError } from '#errors/keel-error';
import type {
  HeldIn,
  KeyEntry,
  KeyOrigin,
  KeyProof,
  KeyRingState,
  KeyState,
  MadeArtefact,
} from './key-entry.ts';

/** The states in which a key can join a ring. */
export type JoiningState = Exclude<KeyState, 'destroyed'>;

/**
 * Takes a key into the ring. One that is there already keeps its state, dates and proofs and is only held elsewhere now;
 * a destroyed one that turned up again joins anew. Throws if it is to be active beside another active key.
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
  if (known && known.state !== 'destroyed') return replace(ring, { ...known, heldIn });
  const active = ring.keys.find((entry) => entry.state === 'active');
  if (state === 'active' && active) throw illegal(fingerprint, `become active beside ${active.fingerprint}`);
  const entry: KeyEntry = {
    fingerprint,
    state,
    createdAt: at,
    ...(state === 'active' && { activatedAt: at }),
    ...(state === 'retired' && { retiredAt: at }),
    heldIn,
    ...(origin && { origin }),
    proofs: [],
  };
  return known ? replace(ring, entry) : { ...ring, keys: [...ring.keys, entry] };
}

/** Makes a pending or (for an undo) retired key the active one and retires the former. The active one stays as it is. */
export function activate(ring: KeyRingState, fingerprint: string, at: string): KeyRingState {
  const key = entryOf(ring, fingerprint);
  if (key.state === 'active') return ring;
  if (key.state === 'destroyed') throw illegal(fingerprint, 'become active: it is destroyed');
  const former = ring.keys.find((entry) => entry.state === 'active');
  const { retiredAt: _, ...rest } = key;
  const retired = former ? retire(ring, former.fingerprint, at) : ring;
  return replace(retired, { ...rest, state: 'active', activatedAt: at });
}

/** Retires the active key: kept for old database dumps, used for nothing new. A retired one stays as it is. */
export function retire(ring: KeyRingState, fingerprint: string, at: string): KeyRingState {
  const key = entryOf(ring, fingerprint);
  if (key.state === 'retired') return ring;
  if (key.state !== 'active') throw illegal(fingerprint, `be retired: it is ${key.state}`);
  return replace(ring, { ...key, state: 'retired', retiredAt: at });
}

/** Records that the secret of a pending or retired key is given up. The active key cannot be destroyed. */
export function destroy(ring: KeyRingState, fingerprint: string, at: string): KeyRingState {
  const key = entryOf(ring, fingerprint);
  if (key.state === 'destroyed') return ring;
  if (key.state === 'active') throw illegal(fingerprint, 'be destroyed: it is active');
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

/** The entry of a key; undefined where the ring has none. */
export function find(ring: KeyRingState, fingerprint: string): KeyEntry | undefined {
  return ring.keys.find((key) => key.fingerprint === fingerprint);
}

/** The entry of a key; throws `key-not-in-ring`. */
export function entryOf(ring: KeyRingState, fingerprint: string): KeyEntry {
  const key = find(ring, fingerprint);
  if (key) return key;
  throw new KeelError(
    'key-not-in-ring',
    `the key ring has no key ${fingerprint}; nothing changed`,
    'check the fingerprint, or give the key itself with `--from-key-file FILE`',
  );
}

function replace(ring: KeyRingState, entry: KeyEntry): KeyRingState {
  return { ...ring, keys: ring.keys.map((key) => (key.fingerprint === entry.fingerprint ? entry : key)) };
}

function illegal(fingerprint: string, what: string): KeelError {
  return new KeelError(
    'internal',
    `key ${fingerprint} cannot ${what}; the key ring did not change`,
    'look at the keys of the environment, and start from the one that is active',
  );
}
