import type { FilePurpose } from '#contract/app';
import { KeelError } from '#errors/keel-error';

/** Throws `file-not-chosen` unless a native dialog named the path in this session, for one of these purposes. */
export type AssertChosen = (path: string, ...purposes: readonly FilePurpose[]) => void;

/**
 * The paths that a native dialog named in this session, each with what the dialog said it was for: they are the only ones that the
 * window may have read or written, and for nothing else. A file that was opened to be read is never one to be written.
 */
export interface ChosenFiles {
  add(path: string, purpose: FilePurpose): void;
  readonly assertChosen: AssertChosen;
}

export function createChosenFiles(): ChosenFiles {
  const chosen = new Map<string, Set<FilePurpose>>();
  return {
    add(path, purpose) {
      chosen.set(path, (chosen.get(path) ?? new Set()).add(purpose));
    },
    assertChosen(path, ...purposes) {
      const known = chosen.get(path);
      if (known && purposes.some((purpose) => known.has(purpose))) return;
      throw new KeelError(
        'file-not-chosen',
        known
          ? 'this file was chosen in a dialog for another purpose; it was neither read nor written'
          : 'this file was not chosen in a dialog; it was neither read nor written',
        'choose it with the button next to the field',
      );
    },
  };
}
