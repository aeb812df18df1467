import { basename } from 'node:path';
import type { EncryptionKey } from '#crypto/encryption-key';
import { withFolderLock } from '#storage/folder-lock';
import { KeelError } from '#errors/keel-error';
import { text } from '#errors/text';
import type { KeyEntry, KeyRingState } from './key-entry.ts';
import type { KeyOrigin, KeyProof, MadeArtefact } from '#contract/key-record';
import { changeKeyRing, readKeyRing } from './key-ring-file.ts';
import { assertDestroyable } from './key-memory.ts';
import * as states from './key-states.ts';
import { ownFileStore } from './own-file-store.ts';
import { accountOf, describeStore, type SecretStore } from './secret-store.ts';

export interface KeyRingOptions {
  readonly now?: () => Date;
}

/** The keys of one environment. Changes made by a method are durable when it returns. */
export interface KeyRing {
  /** All entries, oldest first. */
  list(): Promise<readonly KeyEntry[]>;
  /**
   * Stores a key, reads it back and compares, and only then adds it to the ring. A key that the ring has
   * keeps its state, which is returned; if its store gives it back, it is not stored again. The caller keeps `key`. Throws what the store throws, and
   * `keychain-failed` if another key was read back; the ring is then unchanged.
   */
  hold(key: EncryptionKey, state: states.JoiningState, origin?: KeyOrigin): Promise<KeyEntry>;
  /**
   * A copy for the caller to dispose, with its fingerprint checked. Throws `key-not-in-ring`, and what the
   * store throws.
   */
  load(fingerprint: string): Promise<EncryptionKey>;
  /**
   * Makes a key the active one and retires the previous one. Throws `key-not-in-ring`,
   * `key-unproven`, and `confirmation-missing` if that is not the one of `insteadOf`.
   */
  activate(fingerprint: string, seen: states.Activation): Promise<KeyEntry>;
  /** Records that an artefact restored the key just now. Throws `key-not-in-ring`. */
  recordProof(fingerprint: string, proof: Omit<KeyProof, 'provenAt'>): Promise<KeyEntry>;
  /** Records that an artefact of the key was made just now. Throws `key-not-in-ring`. */
  recordMade(fingerprint: string, made: Omit<MadeArtefact, 'madeAt'>): Promise<KeyEntry>;
  /**
   * Permanently removes the secret of a key from its store, makes sure that it is gone, and keeps its entry
   * as `destroyed`. `assertNotNeeded` checks whether something outside the ring needs the key; it is called
   * before anything else and again when the ring shows what is about to happen. Throws what it throws,
   * `key-needed`, `key-not-in-ring`, and what the store throws. A crash in between leaves a key that the ring
   * shows as being destroyed: destroying it again completes that.
   */
  destroy(fingerprint: string, assertNotNeeded: () => Promise<void>): Promise<KeyEntry>;
  /** Removes an artefact and its proof from the list of the key. Throws `key-not-in-ring`. */
  forgetArtefact(fingerprint: string, gone: Pick<MadeArtefact, 'artefact' | 'location'>): Promise<KeyEntry>;
}

/** Another Keel may be accessing the keychain, which may be prompting a person. */
const timeoutMs = 120_000;

/**
 * The key ring in an environment's folder, whose name is the environment's part of each account in `store`.
 * New keys go to `store`; a key in a file of the admin's is loaded from that file whatever `store` is. Reads
 * nothing yet.
 */
export function openKeyRing(
  folder: string,
  store: SecretStore,
  { now = () => new Date() }: KeyRingOptions = {},
): KeyRing {
  const account = (fingerprint: string) => accountOf(basename(folder), fingerprint);

  const change = async (
    fingerprint: string,
    transition: (ring: KeyRingState, at: string) => KeyRingState,
  ) => {
    const at = now().toISOString();
    const ring = await changeKeyRing(folder, (before) => transition(before, at));
    return states.entryOf(ring, fingerprint);
  };

  // for operations of several steps: no key is removed while it is being stored or activated
  const alone = <T>(steps: () => Promise<T>) => withFolderLock(folder, 'keys', steps, { timeoutMs });

  const holderOf = ({ fingerprint, heldIn }: KeyEntry): SecretStore => {
    if (typeof heldIn === 'object') return ownFileStore(heldIn.ownFile);
    if (heldIn === store.kind) return store;
    throw heldElsewhere(fingerprint, heldIn, store);
  };

  /** Whether the ring lists the key in this store, and the store gives it back. */
  const isHeld = async (key: EncryptionKey): Promise<boolean> => {
    const listed = (await readKeyRing(folder)).keys.find(
      ({ fingerprint }) => fingerprint === key.fingerprint,
    );
    if (listed?.heldIn !== store.kind) return false;
    using stored = await store.get(account(key.fingerprint)).catch(() => undefined);
    return stored?.bytes.equals(key.bytes) === true;
  };

  return {
    list: async () => (await readKeyRing(folder)).keys,

    async hold(key, state, origin) {
      const { fingerprint } = key;
      const { kind } = store;
      // a damaged ring, or an impossible state, is noticed before anything is stored
      const entry = { fingerprint, state, heldIn: kind, ...(origin && { origin }) };
      states.adopt(await readKeyRing(folder), entry, now().toISOString());
      return alone(async () => {
        if (!(await isHeld(key))) {
          await store.put(account(fingerprint), key);
          using stored = await store.get(account(fingerprint));
          if (!stored?.bytes.equals(key.bytes)) throw notKept(fingerprint, store);
        }
        return change(fingerprint, (ring, at) => states.adopt(ring, entry, at));
      });
    },

    async load(fingerprint) {
      const entry = states.entryOf(await readKeyRing(folder), fingerprint);
      if (entry.state === 'destroyed') throw destroyed(entry);
      const holder = holderOf(entry);
      const key = await holder.get(account(fingerprint));
      if (key?.fingerprint === fingerprint) return key;
      key?.[Symbol.dispose]();
      throw gone(entry, holder);
    },

    activate: (fingerprint, seen) =>
      alone(() => change(fingerprint, (ring, at) => states.activate(ring, fingerprint, at, seen))),

    recordProof: (fingerprint, proof) =>
      change(fingerprint, (ring, at) => states.recordProof(ring, fingerprint, { ...proof, provenAt: at })),

    recordMade: (fingerprint, made) =>
      change(fingerprint, (ring, at) => states.recordMade(ring, fingerprint, { ...made, madeAt: at })),

    destroy: (fingerprint, assertNotNeeded) =>
      alone(async () => {
        const ring = await readKeyRing(folder);
        const entry = states.entryOf(ring, fingerprint);
        if (entry.state === 'destroyed') return entry;
        assertDestroyable(ring, entry);
        const holder = holderOf(entry);
        await assertNotNeeded();
        // a file of the admin's is theirs to delete; it is only checked
        if (typeof entry.heldIn === 'object') await holder.remove(account(fingerprint));
        await change(fingerprint, (before, at) => states.beginDestruction(before, fingerprint, at));
        try {
          // a rotation that started in the meantime wrote its record before it checked for this mark
          await assertNotNeeded();
        } catch (error) {
          await change(fingerprint, (before) => states.keepAfterAll(before, fingerprint));
          throw error;
        }
        await holder.remove(account(fingerprint));
        return change(fingerprint, (before, at) => states.destroy(before, fingerprint, at));
      }),
    forgetArtefact: (fingerprint, gone) =>
      change(fingerprint, (ring) => states.forgetArtefact(ring, fingerprint, gone)),
  };
}

function notKept(fingerprint: string, { kind }: SecretStore): KeelError {
  return new KeelError(
    'keychain-failed',
    `${describeStore(kind)} did not return key ${fingerprint} as it was stored; the key ring was not changed`,
    text`check whether another program clears it, or ${{ do: 'keep-keys-elsewhere' }}`,
  );
}

function heldElsewhere(
  fingerprint: string,
  heldIn: 'keychain' | 'sealed-file',
  { kind }: SecretStore,
): KeelError {
  return new KeelError(
    'key-not-in-ring',
    `key ${fingerprint} is stored in ${describeStore(heldIn)}, not in ${describeStore(kind)}; nothing was changed`,
    text`${{ do: 'open-key-place', place: heldIn }}`,
  );
}

function gone({ fingerprint, destroyingSince }: KeyEntry, { kind }: SecretStore): KeelError {
  if (destroyingSince !== undefined) {
    return new KeelError(
      'key-not-in-ring',
      `${describeStore(kind)} no longer has key ${fingerprint}: its destruction began at ${destroyingSince} and was interrupted; nothing was changed`,
      text`${{ do: 'destroy-key' }} again, which finishes it, or restore the key from one of its backups`,
    );
  }
  return new KeelError(
    'key-not-in-ring',
    `the key ring lists key ${fingerprint}, but ${describeStore(kind)} does not have it; nothing was changed`,
    text`${{ do: 'give-key' }}, restored from one of its backups`,
  );
}

function destroyed({ fingerprint, destroyedAt }: KeyEntry): KeelError {
  return new KeelError(
    'key-not-in-ring',
    `key ${fingerprint} was destroyed${destroyedAt ? ` at ${destroyedAt}` : ''}: the key ring has only its fingerprint and dates; nothing was changed`,
    text`${{ do: 'give-key' }}, restored from a backup you kept`,
  );
}
