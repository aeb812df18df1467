import type { GivenArtefact } from '#contract/backup';
import { missingWords, noWords } from './typed-words.ts';

/** What is on the table to restore a key from, as far as it is filled in. Pure. */
export type GivenKind = GivenArtefact['from'];

export interface GivenDraft {
  readonly kind: GivenKind;
  /** An age file, a file of words, or a picture. */
  readonly path?: string;
  /** Of shares: only where another tool made them with one. */
  readonly passphrase: string;
  readonly identity?: string;
  readonly words: readonly string[];
  readonly shares: readonly ShareDraft[];
}

/** A share as a file, or as it is typed. */
export type ShareDraft = { readonly id: string } & ({ readonly path: string } | { readonly text: string });

export const emptyHand: GivenDraft = { kind: 'file', passphrase: '', words: noWords, shares: [] };

/** The draft as the main process takes it, or what is still missing, as the status line says it. */
export function givenOf(draft: GivenDraft): { readonly from: GivenArtefact } | { readonly missing: string } {
  const { kind, path, passphrase, identity, words, shares } = draft;
  switch (kind) {
    case 'file':
      if (path === undefined) return { missing: 'Choose the file to restore from' };
      return passphrase === ''
        ? { missing: 'Enter its passphrase' }
        : { from: { from: kind, path, passphrase } };
    case 'identity':
      if (path === undefined) return { missing: 'Choose the file to restore from' };
      return identity === undefined
        ? { missing: 'Choose the identity file' }
        : { from: { from: kind, path, identity } };
    case 'photo':
      if (path === undefined) return { missing: 'Choose the photo or scan' };
      return passphrase === ''
        ? { missing: 'Enter its passphrase' }
        : { from: { from: kind, path, passphrase } };
    case 'words': {
      const missing = missingWords(words);
      return missing === undefined
        ? { from: { from: kind, words: words.map((word) => word.trim()).join(' ') } }
        : { missing };
    }
    case 'words-file':
      return path === undefined
        ? { missing: 'Choose the recovery words file' }
        : { from: { from: kind, path } };
    case 'shares': {
      const typed = shares.flatMap((share) => ('text' in share ? [share.text] : []));
      if (shares.length === 0) return { missing: 'Add the shares: choose files or type them' };
      if (typed.some((text) => text.trim() === '')) return { missing: 'Enter the words of each share' };
      const paths = shares.flatMap((share) => ('path' in share ? [share.path] : []));
      return { from: { from: kind, paths, typed, ...(passphrase !== '' && { passphrase }) } };
    }
  }
}

/** The same without anything that was typed: a secret is used once. */
export function withoutSecrets(draft: GivenDraft): GivenDraft {
  return {
    ...draft,
    passphrase: '',
    words: noWords,
    shares: draft.shares.filter((share) => 'path' in share),
  };
}
