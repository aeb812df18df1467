import type { RegisteredShare, ShareSet } from '#contract/key-record';
import { KeelError } from '#errors/keel-error';
import type { KeyEntry, KeyRingState } from './key-entry.ts';
import { changeKeyRing } from './key-ring-file.ts';
import { entryOf } from './key-states.ts';

/** What tells a set apart, without any secret. */
export interface SetOfShares {
  readonly set: string;
  readonly threshold: number;
  readonly shares: readonly Pick<RegisteredShare, 'number' | 'holder' | 'check'>[];
}

/** What is known of the shares of a set. */
export interface ShareCover {
  /** Shares that were proven at least once. */
  readonly proven: number;
  /** As many as are needed were there at this time or after it; absent while fewer were proven. */
  readonly since?: string;
}

/** Applies a change to the register of an environment's sets, as of now. What it returns is durable. */
export function changeShareSets(
  { folder }: { readonly folder: string },
  change: (ring: KeyRingState, at: string) => KeyRingState,
): Promise<KeyRingState> {
  const at = new Date().toISOString();
  return changeKeyRing(folder, (ring) => change(ring, at));
}

/** Enters a set that was just made. It counts from now on, and the one that counted is replaced. */
export function recordMadeSet(
  ring: KeyRingState,
  fingerprint: string,
  made: SetOfShares & { readonly location: string },
  at: string,
): KeyRingState {
  const key = entryOf(ring, fingerprint);
  const { set, threshold, location, shares } = made;
  const entered: ShareSet = {
    ...{ set, threshold, registeredAt: at, location, standing: 'counts', standingSince: at },
    shares: [...shares],
  };
  return withSets(ring, key, [...(key.shareSets ?? []).map((one) => replaced(one, at)), entered]);
}

/**
 * Dates the shares of a set that restored the key together. A set that is not registered is entered: as the one that counts where
 * no other of the key does, else unmarked. The same ring where what is registered by its name has other shares.
 */
export function recordTestedSet(
  ring: KeyRingState,
  fingerprint: string,
  tested: SetOfShares,
  at: string,
): KeyRingState {
  const key = entryOf(ring, fingerprint);
  const sets = key.shareSets ?? [];
  const known = sets.find(({ set }) => set === tested.set);
  if (!known) {
    const standing = sets.some((one) => one.standing === 'counts') ? 'unmarked' : 'counts';
    const entered: ShareSet = {
      ...{ set: tested.set, threshold: tested.threshold, registeredAt: at, standing, standingSince: at },
      shares: tested.shares.map((share) => ({ ...share, provenAt: at })),
    };
    return withSets(ring, key, [...sets, entered]);
  }
  if (!isSameSet(known, tested)) return ring;
  const dated = known.shares.map((share) =>
    tested.shares.some(({ number }) => number === share.number) ? provenShare(share, at) : share,
  );
  const more = tested.shares
    .filter(({ number }) => !known.shares.some((share) => share.number === number))
    .map((share) => ({ ...share, provenAt: at }));
  const shares = [...dated, ...more].sort((a, b) => a.number - b.number);
  return withSets(ring, key, replaceSet(sets, { ...known, shares }));
}

/** Dates one share. The same ring where a later time is on record. */
export function recordProvenShare(ring: KeyRingState, place: SharePlace, at: string): KeyRingState {
  return changeShare(ring, place, (share) => provenShare(share, at));
}

/** Remembers the question that a holder is asked, in place of one before. */
export function recordAskedShare(
  ring: KeyRingState,
  place: SharePlace,
  asked: NonNullable<RegisteredShare['asked']>,
): KeyRingState {
  return changeShare(ring, place, (share) => ({ ...share, asked }));
}

/** Says that a set counts, which replaces the one that did, or that it is void. */
export function markSet(
  ring: KeyRingState,
  fingerprint: string,
  name: string,
  mark: { readonly standing: 'counts' | 'void'; readonly reason?: string | undefined },
  at: string,
): KeyRingState {
  const key = entryOf(ring, fingerprint);
  const { set } = setOf(ring, name);
  const { standing, reason } = mark;
  const sets = (key.shareSets ?? []).map((one) => {
    if (one.set !== set) return standing === 'counts' ? replaced(one, at) : one;
    if (one.standing === standing && one.reason === reason) return one;
    const { reason: _, ...rest } = one;
    return { ...rest, standing, standingSince: at, ...(reason !== undefined && { reason }) };
  });
  return withSets(ring, key, sets);
}

export interface SharePlace {
  readonly fingerprint: string;
  readonly set: string;
  readonly number: number;
}

/** A set by its name, whichever key it is of. Throws `usage` for one that is not registered. */
export function setOf(ring: KeyRingState, name: string): ShareSet & { readonly fingerprint: string } {
  const sets = setsOf(ring);
  const found = sets.find(({ set }) => set === name);
  if (found) return found;
  const names = sets.map(({ set }) => `\`${set}\``).join(', ');
  throw new KeelError(
    'usage',
    `no set of shares called \`${name}\` is registered; nothing was recorded`,
    sets.length === 0
      ? 'test the shares together once, which registers their set'
      : `use one of ${names}; a set that is not among them is registered by testing its shares together`,
  );
}

/** Every registered set, those of each key oldest first. */
export function setsOf({ keys }: KeyRingState): (ShareSet & { readonly fingerprint: string })[] {
  return keys.flatMap(({ fingerprint, shareSets = [] }) => shareSets.map((set) => ({ ...set, fingerprint })));
}

/** How many shares were proven, and since when that is enough. */
export function coverOf({ shares, threshold }: Pick<ShareSet, 'shares' | 'threshold'>): ShareCover {
  const dates = shares.flatMap(({ provenAt }) => provenAt ?? []).sort();
  const since = dates.at(-threshold);
  return { proven: dates.length, ...(since !== undefined && { since }) };
}

/** Whether shares are those of a registered set: each that both know has the same check value. */
export function isSameSet(known: ShareSet, { threshold, shares }: Omit<SetOfShares, 'set'>): boolean {
  const checks = new Map(known.shares.map(({ number, check }) => [number, check]));
  return (
    known.threshold === threshold &&
    shares.every(({ number, check }) => (checks.get(number) ?? check) === check)
  );
}

function provenShare({ asked: _, ...share }: RegisteredShare, at: string): RegisteredShare {
  const isLater = share.provenAt === undefined || share.provenAt < at;
  return isLater ? { ...share, provenAt: at } : share;
}

function replaced(set: ShareSet, at: string): ShareSet {
  return set.standing === 'counts' ? { ...set, standing: 'replaced', standingSince: at } : set;
}

function changeShare(
  ring: KeyRingState,
  { fingerprint, set, number }: SharePlace,
  change: (share: RegisteredShare) => RegisteredShare,
): KeyRingState {
  const key = entryOf(ring, fingerprint);
  const sets = (key.shareSets ?? []).map((one) =>
    one.set === set
      ? { ...one, shares: one.shares.map((share) => (share.number === number ? change(share) : share)) }
      : one,
  );
  return withSets(ring, key, sets);
}

function replaceSet(sets: readonly ShareSet[], set: ShareSet): ShareSet[] {
  return sets.map((one) => (one.set === set.set ? set : one));
}

function withSets(ring: KeyRingState, key: KeyEntry, shareSets: ShareSet[]): KeyRingState {
  return { ...ring, keys: ring.keys.map((entry) => (entry === key ? { ...key, shareSets } : entry)) };
}
