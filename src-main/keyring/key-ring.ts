import { basename } from 'node:path';
import type { EncryptionKey } from '#crypto/encryption-key';
import { KeelError } from '#errors/keel-error';
import type { KeyEntry, KeyOrigin, KeyProof, KeyRingState, MadeArtefact } from './key-entry.ts';
import { changeKeyRing, readKeyRing } from './key-ring-file.ts';
import * as states from './key-states.ts';
import { ownFileStore } from './own-file-store.ts';
import { accountOf, describeStore, type SecretStore } from './secret-store.ts';

export interface KeyRingOptions {
  readonly now?: () => Date;
}

/** The keys of one environment. What a method changed is durable when it returns. */
export interface KeyRing {
  /** All entries, oldest first. */
  list(): Promise<readonly KeyEntry[]>;
  /**
   * Stores a key, reads it back and compares, and only then enters it into the ring. A key that the ring has keeps its
   * state: the answer tells it. The caller keeps `key`. Throws what the store throws, and `keychain-failed` where
   * another key came back; the ring is then unchanged.
   */
  hold(key: EncryptionKey, state: states.JoiningState, origin?: KeyOrigin): Promise<KeyEntry>;
  /** A copy for the caller to dispose, its fingerprint checked. Throws `key-not-in-ring`, and what the store throws. */
  load(fingerprint: string): Promise<EncryptionKey>;
  /** Makes a key the active one and retires the former. Throws `key-not-in-ring`. */
  activate(fingerprint: string): Promise<KeyEntry>;
  /** Records that an artefact gave the key back just now. Throws `key-not-in-ring`. */
  recordProof(fingerprint: string, proof: Omit<KeyProof, 'provenAt'>): Promise<KeyEntry>;
  /** Records that an artefact of the key was made just now. Throws `key-not-in-ring`. */
  recordMade(fingerprint: string, made: Omit<MadeArtefact, 'madeAt'>): Promise<KeyEntry>;
}

/**
 * The key ring in an environment's folder, whose name is the environment's part of each account in `store`. New keys
 * go to `store`; a key that lies in a file of the admin's is loaded from there whatever `store` is. Reads nothing yet.
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

  return {
    list: async () => (await readKeyRing(folder)).keys,

    async hold(key, state, origin) {
      const { fingerprint } = key;
      const { kind } = store;
      // a damaged ring, or a state that cannot be, shows before anything is stored
      const entry = { fingerprint, state, heldIn: kind, ...(origin && { origin }) };
      states.adopt(await readKeyRing(folder), entry, now().toISOString());
      await store.put(account(fingerprint), key);
      using stored = await store.get(account(fingerprint));
      if (!stored?.bytes.equals(key.bytes)) throw notKept(fingerprint, store);
      return change(fingerprint, (ring, at) => states.adopt(ring, entry, at));
    },

    async load(fingerprint) {
      const { heldIn } = states.entryOf(await readKeyRing(folder), fingerprint);
      const holder = typeof heldIn === 'object' ? ownFileStore(heldIn.ownFile) : store;
      if (typeof heldIn !== 'object' && heldIn !== holder.kind)
        throw heldElsewhere(fingerprint, heldIn, store);
      const key = await holder.get(account(fingerprint));
      if (key?.fingerprint === fingerprint) return key;
      key?.[Symbol.dispose]();
      throw gone(fingerprint, holder);
    },

    activate: (fingerprint) => change(fingerprint, (ring, at) => states.activate(ring, fingerprint, at)),

    recordProof: (fingerprint, proof) =>
      change(fingerprint, (ring, at) => states.recordProof(ring, fingerprint, { ...proof, provenAt: at })),

    recordMade: (fingerprint, made) =>
      change(fingerprint, (ring, at) => states.recordMade(ring, fingerprint, { ...made, madeAt: at })),
  };
}

function notKept(fingerprint: string, { kind }: SecretStore): KeelError {
  return new KeelError(
    'keychain-failed',
    `${describeStore(kind)} did not give key ${fingerprint} back as it was stored; the key ring did not change`,
    'look whether another program clears it, or keep keys elsewhere with `--keep-keys-in`',
  );
}

function heldElsewhere(
  fingerprint: string,
  heldIn: 'keychain' | 'sealed-file',
  { kind }: SecretStore,
): KeelError {
  return new KeelError(
    'key-not-in-ring',
    `key ${fingerprint} is held in ${describeStore(heldIn)}, not in ${describeStore(kind)}; nothing changed`,
    `pass \`--keep-keys-in ${heldIn}\``,
  );
}

function gone(fingerprint: string, { kind }: SecretStore): KeelError {
  return new KeelError(
    'key-not-in-ring',
    `the key ring lists key ${fingerprint}, but ${describeStore(kind)} does not hold it; nothing changed`,
    'give the key itself with `--from-key-file FILE`, restored from one of its backups',
  );
}
