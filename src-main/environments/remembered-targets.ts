import { isDeepStrictEqual } from 'node:util';
import type { HandoffTarget, RememberedTarget } from '#contract/handoff';

type Targets = readonly RememberedTarget[];

/** What is remembered of a target; undefined where it was never named. */
export function findTarget(targets: Targets, target: HandoffTarget): RememberedTarget | undefined {
  return targets.find((one) => isDeepStrictEqual(one.target, target));
}

/** The list with a target that was named, in its old place or at the end. What was given there before stays known. */
export function withTarget(targets: Targets, named: RememberedTarget): RememberedTarget[] {
  const known = findTarget(targets, named.target);
  return known ? targets.map((one) => (one === known ? { ...known, ...named } : one)) : [...targets, named];
}

/** What is remembered of a target that was given a key just now, and held another one or none; nothing new where it had that key. */
export function afterHandoff(
  target: HandoffTarget,
  fingerprint: string,
  held: string | undefined,
): RememberedTarget {
  if (held === fingerprint) return { target };
  const given = { fingerprint, at: new Date().toISOString(), ...(held !== undefined && { before: held }) };
  return { target, given };
}

/**
 * Whether a target can be put back to the key before: that key is known, or the key that Keel gave has a place of its own, as secrets of
 * containers have.
 */
export function mayTakeBack({ target, given }: RememberedTarget): boolean {
  const isOwnPlace = target.kind === 'docker-secret' || target.kind === 'podman-secret';
  return given !== undefined && (given.before !== undefined || isOwnPlace);
}

export function withoutTarget(targets: Targets, target: HandoffTarget): RememberedTarget[] {
  return targets.filter((one) => !isDeepStrictEqual(one.target, target));
}
