import type { FilePurpose } from '#contract/app';
import { KeelError } from '#errors/keel-error';

/** Throws `file-not-chosen` unless a native dialog named the path in this session, for one of these purposes. */
export type AssertChosen = (path: string, ...purposes: readonly FilePurpose[]) => void;

/**
 * Throws the same for a path that is to be written, also unless the dialog named this key. What is returned is called once the file is
 * written: the path is then used up, and may only be read.
 */
export type ForWriting = (path: string, purpose: FilePurpose, key?: string) => () => void;

/**
 * The paths that a native dialog named in this session, each with what the dialog said it was for: they are the only ones that the
 * window may have read or written, and for nothing else. A file that was opened to be read is never one to be written.
 */
export interface ChosenFiles {
  /** The dialog named the key, where `key` is its fingerprint. */
  add(path: string, purpose: FilePurpose, key?: string): void;
  readonly assertChosen: AssertChosen;
  readonly forWriting: ForWriting;
}

/** What may be read where it was written. */
const readAs: Readonly<Partial<Record<FilePurpose, FilePurpose>>> = {
  'save-age': 'open-age',
  'save-recipients': 'open-age',
  'save-words': 'open-words',
  'save-archive': 'open-archive',
};

export function createChosenFiles(): ChosenFiles {
  /** Of each path, the keys by the purpose for which it was chosen. */
  const chosen = new Map<string, Map<FilePurpose, string | undefined>>();
  const assertChosen: AssertChosen = (path, ...purposes) => {
    const known = chosen.get(path);
    if (known && purposes.some((purpose) => known.has(purpose))) return;
    throw notChosen(
      known ? 'this file was chosen in a dialog for another purpose' : 'this file was not chosen in a dialog',
    );
  };
  return {
    add(path, purpose, key) {
      chosen.set(path, (chosen.get(path) ?? new Map()).set(purpose, key));
    },
    assertChosen,
    forWriting(path, purpose, key) {
      assertChosen(path, purpose);
      const known = chosen.get(path);
      if (known?.get(purpose) !== key) throw notChosen('this file was chosen in a dialog for another key');
      return () => {
        known?.delete(purpose);
        const reading = readAs[purpose];
        if (reading) known?.set(reading, undefined);
      };
    },
  };
}

function notChosen(why: string): KeelError {
  return new KeelError(
    'file-not-chosen',
    `${why}; it was neither read nor written`,
    'choose it with the button next to the field',
  );
}
