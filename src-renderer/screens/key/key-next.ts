import { activeKeyOf } from '#shared/active-key';
import type { KeyEntry } from '#contract/keys';

/** The one thing to do next with the keys of an environment. Pure. */
export type KeyNext = 'adopt' | 'prove' | 'back-up' | 'generate' | 'rotate';

export interface KeyStatus {
  readonly active: KeyEntry | undefined;
  /** The one that waits: to be proven, or for its rotation. */
  readonly pending: KeyEntry | undefined;
  readonly next: KeyNext;
  /** Why, as the status line says it. */
  readonly why: string;
}

/** `waiting`: the environment's pending key; others that are pending were adopted and do not fit its rows. */
export function keyStatus(keys: readonly KeyEntry[], waiting: string | undefined): KeyStatus {
  const active = activeKeyOf(keys);
  const pending = keys.findLast(
    ({ state, fingerprint }) => state === 'pending' && (!active || fingerprint === waiting),
  );
  return { active, pending, ...nextOf(active, pending) };
}

function nextOf(
  active: KeyEntry | undefined,
  pending: KeyEntry | undefined,
): Pick<KeyStatus, 'next' | 'why'> {
  if (!active && !pending) return { next: 'adopt', why: 'Keel does not know the key yet' };
  if (!active) return { next: 'prove', why: 'The key has not been proven against the database' };
  if (active.proofs.length === 0)
    return { next: 'back-up', why: 'No backup of the active key has been tested' };
  if (pending) return { next: 'rotate', why: 'A new key is ready to rotate to' };
  return { next: 'generate', why: 'Nothing changes in the database before the rotation' };
}
