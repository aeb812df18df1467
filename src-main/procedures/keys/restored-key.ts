import type { ArtefactName } from '#contract/backup';
import { assertFitForEncryption, type EncryptionKey } from '#crypto/encryption-key';
import { expectedFailure } from '#errors/expected-failure';
import { KeelError } from '#errors/keel-error';

/** The key that was restored before there was an environment to keep it in. One at a time, in memory, until the app locks. */
export interface RestoredKeyMemory {
  /** Takes over the key, in place of the one before. */
  keep(key: EncryptionKey, from: ArtefactName): void;
  /** A copy for the caller to dispose. Throws `key-not-in-ring` if none is kept. */
  copy(): EncryptionKey;
  /** What it was restored from; undefined if none is kept. */
  from(): ArtefactName | undefined;
  wipe(): void;
}

export function createRestoredKeyMemory(): RestoredKeyMemory {
  let kept: { readonly key: EncryptionKey; readonly from: ArtefactName } | undefined;
  const wipe = () => {
    kept?.key[Symbol.dispose]();
    kept = undefined;
  };
  return {
    keep(key, from) {
      wipe();
      kept = { key, from };
    },
    copy() {
      if (kept) return kept.key.copy();
      throw new KeelError(
        'key-not-in-ring',
        'the restored key is no longer in memory: Keel was locked, or it was imported or removed; nothing was done',
        'restore it from its backup again',
      );
    },
    from: () => kept?.from,
    wipe,
  };
}

/** Whether everyone knows the key. */
export function isWeak(key: EncryptionKey): boolean {
  try {
    assertFitForEncryption(key);
    return false;
  } catch (error) {
    expectedFailure(error);
    return true;
  }
}
