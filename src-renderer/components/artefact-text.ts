import type { ProofArtefact } from '#contract/key-record';

/** What a key was restored from, in words. */
export const artefactWords: Readonly<Record<ProofArtefact, string>> = {
  'age-file': 'age file',
  'own-file': 'own key file',
  words: 'recovery words',
  shares: 'set of shares',
  paper: 'paper kit',
};
