import type { KeyEntry } from './key-entry.ts';
import { describeStore } from './secret-store.ts';

/** Where copies of a key may lie beside the store that holds it: artefacts, and the places before. Each once. */
export function copiesOf({ proofs, made = [], heldBefore = [] }: KeyEntry): string[] {
  const artefacts = [...made, ...proofs].map(({ artefact, location }) => `${words[artefact]} ${location}`);
  return [
    ...new Set([
      ...artefacts,
      ...heldBefore.map((place) => `${describeStore(place)}, where it was held before`),
    ]),
  ];
}

const words: Readonly<Record<KeyEntry['proofs'][number]['artefact'], string>> = {
  'age-file': 'age file',
  'own-file': 'your own file',
  words: 'recovery words',
  shares: 'shares',
  paper: 'paper kit',
};
