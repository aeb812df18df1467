import type { KeyEntry } from '#contract/keys';

/**
 * Which keys may be the right one for the rows as they are, the most likely first. Once a key is active it is that one: a
 * pending key next to it has encrypted nothing.
 */
export function candidatesOf(keys: readonly KeyEntry[]): KeyEntry[] {
  const active = keys.filter(({ state }) => state === 'active');
  return active.length > 0 ? active : keys.filter(({ state }) => state === 'pending').reverse();
}
