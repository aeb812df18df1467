import type { NewArtefact, NewPassphrase } from '#contract/backup';

/** The forms of a backup, as they are offered. */
export type FormId = 'passphrase' | 'recipients' | 'words' | 'shares' | 'paper';

export interface SuggestedPassphrase {
  readonly suggestion: string;
  readonly words: number;
  readonly bits: number;
}

/** What a backup is made from, as far as it is filled in. */
export interface MakeDraft {
  readonly fingerprint: string;
  readonly form: FormId;
  readonly path?: string | undefined;
  readonly typed: string;
  readonly again: string;
  /** The main process has judged what is typed as easy to guess. */
  readonly weak: boolean;
  /** Taken instead of what is typed. */
  readonly suggested?: SuggestedPassphrase | undefined;
  /** One a line. */
  readonly recipients: string;
  readonly wordsBy: 'hand' | 'file';
  readonly paper: 'sealed' | 'words' | 'shares';
  readonly size: 'a4' | 'letter';
  /** Where the handwritten words are kept. */
  readonly location: string;
  readonly threshold: number;
  readonly holders: readonly string[];
}

export function emptyBackup(fingerprint: string, form: FormId = 'passphrase'): MakeDraft {
  return {
    fingerprint,
    form,
    typed: '',
    again: '',
    weak: false,
    recipients: '',
    wordsBy: 'hand',
    paper: 'sealed',
    size: 'a4',
    location: '',
    threshold: 2,
    holders: ['', '', ''],
  };
}

/** Below this, backups refuse a passphrase. */
export const leastPassphraseLength = 12;

export type Made = { readonly artefact: NewArtefact } | { readonly missing: string };

/** The draft as the main process takes it, or what is still missing, as the status line says it. Pure. */
export function newArtefactOf(draft: MakeDraft): Made {
  const { form, path, wordsBy, location } = draft;
  if (form === 'words' && wordsBy === 'hand') {
    return location.trim() === ''
      ? { missing: 'Write down the words, and enter where you will keep the paper' }
      : { artefact: { form: 'words-by-hand', location: location.trim() } };
  }
  if (path === undefined) return { missing: 'Choose where to save it' };
  switch (form) {
    case 'passphrase': {
      const passphrase = passphraseOf(draft);
      return 'missing' in passphrase ? passphrase : { artefact: { form, path, ...passphrase } };
    }
    case 'recipients': {
      const recipients = linesOf(draft.recipients);
      return recipients.length === 0
        ? { missing: 'Enter at least one public key' }
        : { artefact: { form, path, recipients } };
    }
    case 'words':
      return { artefact: { form: 'words-file', path } };
    case 'shares': {
      const terms = termsOf(draft);
      return 'missing' in terms ? terms : { artefact: { form, folder: path, ...terms } };
    }
    case 'paper': {
      const content = contentOf(draft);
      return 'missing' in content ? content : { artefact: { form, path, size: draft.size, content } };
    }
  }
}

type Missing = { readonly missing: string };

function contentOf(draft: MakeDraft): Missing | Extract<NewArtefact, { form: 'paper' }>['content'] {
  if (draft.paper === 'words') return { kind: 'words' };
  if (draft.paper === 'shares') {
    const terms = termsOf(draft);
    return 'missing' in terms ? terms : { kind: 'shares', ...terms };
  }
  const passphrase = passphraseOf(draft);
  return 'missing' in passphrase ? passphrase : { kind: 'sealed', ...passphrase };
}

function passphraseOf({
  typed,
  again,
  weak,
  suggested,
}: MakeDraft): Missing | { readonly passphrase: NewPassphrase } {
  if (suggested) return { passphrase: { suggestion: suggested.suggestion } };
  if (typed.length < leastPassphraseLength) {
    return { missing: `The passphrase needs at least ${leastPassphraseLength} characters` };
  }
  if (weak) return { missing: 'The passphrase is easy to guess: add words, or use a suggested one' };
  return typed === again ? { passphrase: { typed } } : { missing: 'Confirm the passphrase' };
}

function termsOf({
  threshold,
  holders,
}: MakeDraft): Missing | { readonly threshold: number; readonly holders: string[] } {
  const names = holders.map((name) => name.trim());
  if (names.some((name) => name === '')) return { missing: 'Enter a name for each holder' };
  const different = new Set(names.map((name) => name.toLowerCase()));
  if (different.size < names.length) return { missing: 'Two holders have the same name' };
  return { threshold: Math.min(threshold, names.length), holders: names };
}

function linesOf(text: string): string[] {
  return text
    .split(/[\s,]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
