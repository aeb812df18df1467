import type { EncryptionKey } from '#crypto/encryption-key';
import type { Activation } from '#keyring/key-states';

/** An artefact that the key was restored from, and nothing else. `location` is an absolute path, or what to call typed words. */
export interface ArtefactProof {
  readonly artefact: 'age-file' | 'own-file' | 'words' | 'shares' | 'paper';
  readonly location: string;
}

/** A key as the ring lists it. */
export interface KeptKey {
  readonly fingerprint: string;
  readonly state: string;
  readonly proofs: readonly unknown[];
  /** Somebody is destroying it, or stopped halfway. */
  readonly destroyingSince?: string;
}

/** What a rotation needs of the environment's key ring. */
export interface KeyPort {
  /** Stores a key durably, reads it back, and enters it; does nothing for a key that is there already. */
  hold(key: EncryptionKey, state: 'pending'): Promise<unknown>;
  /**
   * Makes a key the active one and retires the one before; does nothing if it is active already. Throws
   * `key-unproven`, and `confirmation-missing` if that is not the one of `insteadOf`.
   */
  activate(fingerprint: string, seen: Activation): Promise<unknown>;
  /** The key, read from its store; the caller disposes it. Throws `key-not-in-ring`. */
  load(fingerprint: string): Promise<EncryptionKey>;
  /** Records that an artefact gave the key back just now. */
  recordProof(fingerprint: string, proof: ArtefactProof): Promise<unknown>;
  list(): Promise<readonly KeptKey[]>;
}
