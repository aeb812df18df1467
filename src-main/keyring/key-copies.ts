import { isAbsolute } from 'node:path';
import { KeelError } from '#errors/keel-error';
import type { KeyEntry, KeyRingState } from './key-entry.ts';
import { changeKeyRing } from './key-ring-file.ts';
import { entryOf } from './key-states.ts';
import { describeStore } from './secret-store.ts';

/** A place beside the key's store where it may lie. */
export interface KeyCopy {
  /** In words; names it. */
  readonly what: string;
  /** Where it is a file. */
  readonly path?: string;
}

/** Where copies of a key may lie beside the store that holds it: artefacts, and the places before. Each once. */
export function copiesOf({ proofs, made = [], heldBefore = [], discarded = [] }: KeyEntry): KeyCopy[] {
  const artefacts = [...made, ...proofs].map(({ artefact, location }) => ({
    what: `${words[artefact]} ${location}`,
    ...(isAbsolute(location) && { path: location }),
  }));
  const places = heldBefore.map((place) => ({
    what: `${describeStore(place)}, where it was stored before`,
    ...(typeof place === 'object' && { path: place.ownFile }),
  }));
  const copies = new Map([...artefacts, ...places].map((copy) => [copy.what, copy]));
  return [...copies.values()].filter(({ what }) => !discarded.includes(what));
}

/** Remembers that a copy is gone, as the admin says. Throws `usage` for one that is not known. */
export function discardCopy(folder: string, fingerprint: string, what: string): Promise<KeyRingState> {
  return changeKeyRing(folder, (ring) => {
    const key = entryOf(ring, fingerprint);
    if (!copiesOf(key).some((copy) => copy.what === what)) {
      throw new KeelError(
        'usage',
        `no copy of key ${fingerprint} is listed as “${what}”; nothing was recorded`,
        'use the name in the list of leftovers',
      );
    }
    const discarded = [...(key.discarded ?? []), what];
    const keys = ring.keys.map((entry) => (entry === key ? { ...key, discarded } : entry));
    return { ...ring, keys };
  });
}

const words: Readonly<Record<KeyEntry['proofs'][number]['artefact'], string>> = {
  'age-file': 'age file',
  'own-file': 'key file',
  words: 'recovery words',
  shares: 'shares',
  paper: 'paper kit',
};
