import { activeKeyOf } from '#shared/active-key';
import type { KeyEntry } from './key-entry.ts';

/**
 * The two keys of the next rotation as the ring knows them: the active one and the newest that was made here and waits. A key that
 * was adopted is a candidate for a proof and nothing else: taken by mistake, it must not become the one that everything is moved to.
 */
export function plannedKeys(keys: readonly KeyEntry[]): { from?: KeyEntry; to?: KeyEntry } {
  const from = activeKeyOf(keys);
  const to = keys.findLast(({ state, origin }) => state === 'pending' && origin === 'generated');
  return { ...(from && { from }), ...(from && to && { to }) };
}
