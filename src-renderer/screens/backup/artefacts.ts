import { activeKeyOf } from '#shared/active-key';
import type { ArtefactName } from '#contract/backup';
import type { MadeArtefact } from '#contract/key-record';
import type { KeyEntry } from '#contract/keys';
import { emptyHand, type GivenDraft } from '../../components/fields/given-artefact.ts';

/** One artefact that was made here, or that gave a key back at least once. */
export interface Artefact extends ArtefactName {
  readonly fingerprint: string;
  readonly state: KeyEntry['state'];
  /** Absent where it was made elsewhere. */
  readonly made?: MadeArtefact;
  /** Absent where no drill has proven it yet. */
  readonly lastProven?: string;
}

/**
 * The artefacts of a key ring: those that no drill has proven first, then the last proven. Files of the admin's own hold a key in
 * clear and are no backup.
 */
export function artefactsOf(keys: readonly KeyEntry[]): Artefact[] {
  const found = new Map<string, Artefact>();
  for (const { fingerprint, state, proofs, made = [] } of keys) {
    const add = ({ artefact, location }: ArtefactName, more: Partial<Artefact>) => {
      if (artefact === 'own-file') return;
      const key = JSON.stringify([fingerprint, artefact, location]);
      found.set(key, { ...found.get(key), artefact, location, fingerprint, state, ...more });
    };
    for (const one of made) add(one, { made: one });
    for (const proof of proofs) add(proof, { lastProven: proof.provenAt });
  }
  return [...found.values()].sort((a, b) => {
    if (a.lastProven === undefined || b.lastProven === undefined)
      return Number(a.lastProven !== undefined) - Number(b.lastProven !== undefined);
    return b.lastProven.localeCompare(a.lastProven);
  });
}

/**
 * The artefact that the application's key would be restored from without Keel: of the active key, or of the pending one before there is an
 * active one, one that is proven if there is. A retired key is not what it needs.
 */
export function artefactInUse(artefacts: readonly Artefact[]): Artefact | undefined {
  const inUse = artefacts.some(({ state }) => state === 'active') ? 'active' : 'pending';
  const fitting = artefacts.filter(({ state }) => state === inUse);
  return fitting.find(({ lastProven }) => lastProven !== undefined) ?? fitting[0];
}

/** A sheet of paper is photographed, or typed. */
const paperKinds = { passphrase: 'photo', identity: 'photo', words: 'words', shares: 'shares' } as const;

/** What a drill of this artefact asks for. */
export function handFor({ artefact, location, made }: Artefact): GivenDraft {
  const isFile = /^([/\\]|[A-Za-z]:\\)/.test(location);
  switch (artefact) {
    case 'words':
      return isFile ? { ...emptyHand, kind: 'words-file', path: location } : { ...emptyHand, kind: 'words' };
    case 'shares':
      return { ...emptyHand, kind: 'shares' };
    case 'paper':
      return { ...emptyHand, kind: paperKinds[made?.opensBy ?? 'passphrase'] };
    case 'own-file':
    case 'age-file':
      return { ...emptyHand, kind: made?.opensBy === 'identity' ? 'identity' : 'file', path: location };
  }
}

/**
 * Keys that a backup is worth making of: first `waiting`, the pending key that a rotation waits for, then the active one, then
 * those that are kept for old dumps. Before there is an active one, every pending key may be it.
 */
export function keysToBackUp(keys: readonly KeyEntry[], waiting: string | undefined): KeyEntry[] {
  const active = keys.filter(({ state }) => state === 'active');
  const pending = keys.filter(
    ({ state, fingerprint }) => state === 'pending' && (active.length === 0 || fingerprint === waiting),
  );
  const retired = keys.filter(({ state }) => state === 'retired');
  return [...pending.reverse(), ...active, ...retired.reverse()];
}

/** The key that lacks a proven backup most, else the first. A retired one is backed up when somebody chooses so. */
export function mostInNeed(candidates: readonly KeyEntry[]): KeyEntry | undefined {
  const unproven = unprovenOf(candidates);
  return activeKeyOf(unproven) ?? unproven[0] ?? candidates[0];
}

/** The keys in use, or soon to be, of which no backup is proven. */
export function unprovenOf(candidates: readonly KeyEntry[]): KeyEntry[] {
  return candidates.filter(({ proofs, state }) => proofs.length === 0 && state !== 'retired');
}

/** Like `keel-acme-production-7f3a-2026-11-24.age`. */
export function suggestedFile(name: string, fingerprint: string, day: Date, ending = '.age'): string {
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  return (
    ['keel', slug || 'ballast', fingerprint.slice(0, 4), day.toISOString().slice(0, 10)].join('-') + ending
  );
}
