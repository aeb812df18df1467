import { isDeepStrictEqual } from 'node:util';
import type { HandoffTarget, RememberedTarget } from '#contract/handoff';

type Targets = readonly RememberedTarget[];

/** Whether two descriptions name one place. */
export function isSameTarget(one: HandoffTarget, other: HandoffTarget): boolean {
  return isDeepStrictEqual(one, other);
}

/** What is remembered of a target; undefined where it was never named. */
export function findTarget(targets: Targets, target: HandoffTarget): RememberedTarget | undefined {
  return targets.find((one) => isSameTarget(one.target, target));
}

/** The list with a target that was named, in its old place or at the end. What was given there before stays known. */
export function withTarget(targets: Targets, named: RememberedTarget): RememberedTarget[] {
  const known = findTarget(targets, named.target);
  return known ? targets.map((one) => (one === known ? { ...known, ...named } : one)) : [...targets, named];
}

/** What is remembered of a target that was given a key just now, and held another one or none; that it holds the key where it had it already. */
export function afterHandoff(
  target: HandoffTarget,
  fingerprint: string,
  held: string | undefined,
): RememberedTarget {
  if (held === fingerprint) return { target, holds: fingerprint };
  const given = { fingerprint, at: new Date().toISOString(), ...(held !== undefined && { before: held }) };
  return { target, given, holds: fingerprint };
}

export function withoutTarget(targets: Targets, target: HandoffTarget): RememberedTarget[] {
  return targets.filter((one) => !isSameTarget(one.target, target));
}
