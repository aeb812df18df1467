import { KeelError } from '#errors/keel-error';

/** The paths that a native dialog named in this session: the only ones that the window may have read or written. */
export interface ChosenFiles {
  add(path: string): void;
  /** Throws `file-not-chosen`. */
  assertChosen(path: string): void;
}

export function createChosenFiles(): ChosenFiles {
  const chosen = new Set<string>();
  return {
    add: (path) => void chosen.add(path),
    assertChosen(path) {
      if (chosen.has(path)) return;
      throw new KeelError(
        'file-not-chosen',
        'this file was not chosen in a dialog; it was neither read nor written',
        'choose it with the button beside the field',
      );
    },
  };
}
