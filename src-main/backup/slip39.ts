import { type WordList, wordList } from './word-list.ts';

/** What we use of the SLIP-39 library. Its bytes are arrays of numbers, and the caller's to wipe. */
export interface Slip39 {
  readonly list: WordList;
  /** One group; without a passphrase. */
  split(secret: number[], threshold: number, members: number): string[];
  /** Exactly as many mnemonics as are needed. Throws where they do not fit together. */
  combine(mnemonics: readonly string[], passphrase?: string): number[];
}

let loaded: Promise<Slip39> | undefined;

/** Loads the library where shares are made or read, and not before. */
export function loadSlip39(): Promise<Slip39> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<Slip39> {
  const { default: slip39 } = await import('slip39');
  const { default: helper } = await import('slip39/src/slip39_helper.js');
  hideExtensions();
  return {
    list: wordList(helper.WORD_LIST),
    split: (secret, threshold, members) =>
      slip39
        .fromArray(secret, {
          threshold: 1,
          groups: [[threshold, members, '']],
          // stretches a passphrase, and there is none
          iterationExponent: 0,
          // the older kind: every tool reads it
          extendableBackupFlag: 0,
        })
        .fromPath('r/0').mnemonics,
    combine: (mnemonics, passphrase = '') => slip39.recoverSecret([...mnemonics], passphrase),
  };
}

/** The library extends Array and String for itself, in sight of every `for … in` of the process. */
function hideExtensions(): void {
  for (const prototype of [Array.prototype, String.prototype]) {
    for (const name of Object.keys(prototype)) {
      Object.defineProperty(prototype, name, { enumerable: false });
    }
  }
}
