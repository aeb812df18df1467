import { randomUUID } from 'node:crypto';
import type { NewPassphrase } from '#contract/backup';
import { Secret } from '#crypto/secret';
import { KeelError } from '#errors/keel-error';

/** Passphrases that Keel made up. They are in memory here and nowhere else until the app locks, and reach the window only as a reveal. */
export interface SuggestedPassphrases {
  /** Takes over the passphrase; answers the name by which it is asked for. */
  keep(passphrase: Secret): string;
  /** A copy for the caller to dispose. Throws `passphrase-missing` for one that is not kept any more. */
  copyOf(suggestion: string): Secret;
  wipe(): void;
}

/** Whoever asks for more has not taken the ones before. */
const maxKept = 4;

export function createSuggestedPassphrases(): SuggestedPassphrases {
  const kept = new Map<string, Secret>();
  const drop = (suggestion: string) => {
    kept.get(suggestion)?.[Symbol.dispose]();
    kept.delete(suggestion);
  };
  return {
    keep(passphrase) {
      const suggestion = randomUUID();
      kept.set(suggestion, passphrase);
      const [oldest] = kept.keys();
      if (kept.size > maxKept && oldest !== undefined) drop(oldest);
      return suggestion;
    },
    copyOf(suggestion) {
      const passphrase = kept.get(suggestion);
      if (passphrase) return new Secret(Buffer.from(passphrase.bytes));
      throw new KeelError(
        'passphrase-missing',
        'the suggested passphrase is no longer available: Keel was locked, or has suggested others since; nothing was created',
        'let Keel suggest another one',
      );
    },
    wipe() {
      for (const suggestion of [...kept.keys()]) drop(suggestion);
    },
  };
}

/** A passphrase as it was chosen, for the caller to dispose. */
export function chosenPassphrase(chosen: NewPassphrase, suggested: SuggestedPassphrases): Secret {
  return 'typed' in chosen
    ? new Secret(Buffer.from(chosen.typed, 'utf8'))
    : suggested.copyOf(chosen.suggestion);
}
