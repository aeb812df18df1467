import { isAbsolute } from 'node:path';
import { KeelError } from '#errors/keel-error';
import type { KeyEntry, KeyRingState } from './key-entry.ts';
import { changeKeyRing } from './key-ring-file.ts';
import { entryOf } from './key-states.ts';
import { describeStore } from './secret-store.ts';

type ArtefactName = Pick<KeyEntry['proofs'][number], 'artefact' | 'location'>;

/** A place beside the key's store where it may lie. */
export interface KeyCopy {
  /** In words; names it. */
  readonly what: string;
  /** Where it is a file. */
  readonly path?: string;
  /** The key was restored from it. */
  readonly tested?: true;
}

/** Where copies of a key may lie beside the store that holds it: artefacts, and the places before. Each once. */
export function copiesOf({ proofs, made = [], heldBefore = [], discarded = [] }: KeyEntry): KeyCopy[] {
  const copyOf = ({ artefact, location }: ArtefactName): KeyCopy => ({
    what: artefactInWords({ artefact, location }),
    ...(isAbsolute(location) && { path: location }),
  });
  const artefacts = [
    ...made.map(copyOf),
    ...proofs.map((proof): KeyCopy => ({ ...copyOf(proof), tested: true })),
  ];
  const places = heldBefore.map(
    (place): KeyCopy => ({
      what: `${describeStore(place)}, where it was stored before`,
      ...(typeof place === 'object' && { path: place.ownFile }),
    }),
  );
  const copies = new Map([...artefacts, ...places].map((copy) => [copy.what, copy]));
  return [...copies.values()].filter(({ what }) => !discarded.includes(what));
}

/** The copy that is listed so. Throws `usage` for one that is not known. */
export function copyListed(key: KeyEntry, what: string): KeyCopy {
  const copy = copiesOf(key).find((one) => one.what === what);
  if (copy) return copy;
  throw new KeelError(
    'usage',
    `no copy of key ${key.fingerprint} is listed as “${what}”; nothing was recorded`,
    'use the name in the list of leftovers',
  );
}

/** An artefact as the list of copies has it. */
export function artefactInWords({ artefact, location }: ArtefactName): string {
  return `${words[artefact]} ${location}`;
}

/** Remembers that a copy is gone, as the admin says. Throws `usage` for one that is not known. */
export function discardCopy(folder: string, fingerprint: string, what: string): Promise<KeyRingState> {
  return changeKeyRing(folder, (ring) => {
    const key = entryOf(ring, fingerprint);
    copyListed(key, what);
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
