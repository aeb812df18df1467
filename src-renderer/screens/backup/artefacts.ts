import type { KeyEntry } from '#contract/keys';

/** One file that gave a key back at least once. */
export interface Artefact {
  readonly location: string;
  readonly fingerprint: string;
  readonly state: KeyEntry['state'];
  readonly firstProven: string;
  readonly lastProven: string;
  readonly drills: number;
}

/** The artefacts of a key ring, the last proven first. Files of the admin's own hold a key in clear and are no backup. */
export function artefactsOf(keys: readonly KeyEntry[]): Artefact[] {
  const found = new Map<string, Artefact>();
  for (const { fingerprint, state, proofs } of keys) {
    for (const { artefact, location, provenAt } of proofs) {
      if (artefact !== 'age-file') continue;
      const key = JSON.stringify([fingerprint, location]);
      const before = found.get(key);
      found.set(key, {
        location,
        fingerprint,
        state,
        firstProven: before?.firstProven ?? provenAt,
        lastProven: provenAt,
        drills: (before?.drills ?? 0) + 1,
      });
    }
  }
  return [...found.values()].sort((a, b) => b.lastProven.localeCompare(a.lastProven));
}

/**
 * Keys that a backup is worth making of: first `waiting`, the pending key that a rotation waits for, then the active one. Before
 * there is an active one, every pending key may be it.
 */
export function keysToBackUp(keys: readonly KeyEntry[], waiting: string | undefined): KeyEntry[] {
  const active = keys.filter(({ state }) => state === 'active');
  const pending = keys.filter(
    ({ state, fingerprint }) => state === 'pending' && (active.length === 0 || fingerprint === waiting),
  );
  return [...pending.reverse(), ...active];
}

/** The key that lacks a proven backup most, else the first. */
export function mostInNeed(candidates: readonly KeyEntry[]): KeyEntry | undefined {
  const unproven = candidates.filter(({ proofs }) => proofs.length === 0);
  return unproven.find(({ state }) => state === 'active') ?? unproven[0] ?? candidates[0];
}

/** Like `keel-acme-production-7f3a-2026-11-24.age`. */
export function suggestedFile(name: string, fingerprint: string, day: Date): string {
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  return (
    ['keel', slug || 'ballast', fingerprint.slice(0, 4), day.toISOString().slice(0, 10)].join('-') + '.age'
  );
}
