import { activeKeyOf } from '#shared/active-key';
import { KeelError } from '#errors/keel-error';
import { text } from '#errors/text';
import type { KeyEntry, KeyRingState, KeyUse } from './key-entry.ts';
import type { DumpStatement } from '#contract/key-record';

/** Dumps that open with a key, by the time at which they were begun: from when on, and before when. */
export interface DumpPeriod {
  /** Absent: nobody knows since when; older dumps may open too. */
  readonly from?: string;
  /** Absent: to this day. */
  readonly to?: string;
}

/** The times in which rows were encrypted with a key, oldest first; the last one lasts while it has no `retiredAt`. */
export function usesOf({
  earlier = [],
  activatedAt,
  retiredAt,
  foundInUse,
}: KeyEntry): (Omit<KeyUse, 'retiredAt'> & { readonly retiredAt?: string })[] {
  if (activatedAt === undefined) return [...earlier];
  const last = { activatedAt, ...(retiredAt && { retiredAt }), ...(foundInUse && { foundInUse }) };
  return [...earlier, last];
}

/** Which dumps a key opens. None for a key that was never in use here, as far as the ring knows. */
export function dumpPeriods(ring: KeyRingState, key: KeyEntry): DumpPeriod[] {
  const uses = usesOf(key);
  // it came into the ring as one that was in use before
  if (uses.length === 0) return key.retiredAt === undefined ? [] : [{ to: key.retiredAt }];
  const ends = new Set(ring.keys.flatMap(usesOf).map(({ retiredAt }) => retiredAt));
  const periods = uses.map(({ activatedAt, retiredAt, foundInUse }) => ({
    // a rotation ends the time of one key at the moment when it begins that of the other
    ...(!foundInUse && ends.has(activatedAt) && { from: activatedAt }),
    ...(retiredAt !== undefined && { to: retiredAt }),
  }));
  // what may reach back to any time takes in what was before it
  return periods.slice(
    Math.max(
      0,
      periods.findLastIndex(({ from }) => from === undefined),
    ),
  );
}

/**
 * Until when dumps were made that may need a key. Undefined where none can: a key that was made here and never used. Of
 * one that was adopted and never used the ring knows nothing of the time before.
 */
export function neededUntil(key: KeyEntry): string | undefined {
  const { state, origin, createdAt } = key;
  if (state === 'retired') return key.retiredAt ?? createdAt;
  const used = usesOf(key).at(-1)?.retiredAt;
  return used ?? (origin === 'generated' ? undefined : createdAt);
}

/** Whether anything may be encrypted with a key that is still there: one that was made here and never used has encrypted nothing. */
export function mayHaveEncrypted(key: KeyEntry): boolean {
  return key.state === 'active' || (key.state !== 'destroyed' && neededUntil(key) !== undefined);
}

/** Whether the admin stated that no dump which may need the key exists. */
export function isReleased(key: KeyEntry, dumps: DumpStatement | undefined): boolean {
  const until = neededUntil(key);
  return until === undefined || (dumps !== undefined && Date.parse(dumps.noneBefore) >= Date.parse(until));
}

/**
 * Whether a key was adopted and never decrypted anything here, while another one is in use: most likely it is of another database. The
 * dumps of this ring's time are under the others.
 */
export function isNeverUsed(ring: KeyRingState, key: KeyEntry): boolean {
  const { state, origin } = key;
  const isUsed = state !== 'pending' || usesOf(key).length > 0;
  return !isUsed && origin === 'adopted' && activeKeyOf(ring.keys) !== undefined;
}

/** Throws `key-needed` for a key that is in use, or that a dump may need for all that the admin stated. */
export function assertDestroyable(ring: KeyRingState, key: KeyEntry): void {
  const { fingerprint, state } = key;
  if (state === 'active') {
    throw new KeelError(
      'key-needed',
      `key ${fingerprint} is active: what is encrypted with it would be lost; nothing was destroyed`,
      'rotate to a new key first; the old one can be destroyed once no dump needs it',
    );
  }
  if (isReleased(key, ring.dumps) || isNeverUsed(ring, key)) return;
  const stated = ring.dumps
    ? `the statement on record covers only dumps from before ${ring.dumps.noneBefore}`
    : 'no statement about them is on record';
  throw new KeelError(
    'key-needed',
    `database dumps started before ${neededUntil(key)} may need key ${fingerprint}, and ${stated}; nothing was destroyed`,
    text`once no such dump exists, ${{ do: 'state-dumps' }}, then destroy the key`,
  );
}
