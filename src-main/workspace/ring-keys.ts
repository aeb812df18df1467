import type { EncryptionKey } from '#crypto/encryption-key';
import { expectedFailure } from '#errors/expected-failure';
import { KeelError } from '#errors/keel-error';
import { mayHaveEncrypted } from '#keyring/key-memory';
import { activeKeyOf } from '#shared/active-key';
import type { Workspace } from './workspace.ts';

/** The key that Ballast runs with. The caller disposes it. Throws `key-unproven` where none is known yet. */
export async function loadActiveKey(workspace: Workspace): Promise<EncryptionKey> {
  return loadKey(workspace, await activeFingerprint(workspace));
}

/** A key of the ring. The caller disposes it. Throws `key-not-in-ring`, and what keeps its store from being opened. */
export async function loadKey(
  workspace: Pick<Workspace, 'openKeys'>,
  fingerprint: string,
): Promise<EncryptionKey> {
  const { keyRing } = await workspace.openKeys();
  return keyRing.load(fingerprint);
}

/** The fingerprint of the key that Ballast runs with. Throws `key-unproven` where none is known yet. */
export async function activeFingerprint(workspace: Workspace): Promise<string> {
  const active = activeKeyOf((await workspace.readRing()).keys);
  if (active) return active.fingerprint;
  throw new KeelError(
    'key-unproven',
    `no key of ${workspace.name} has been proven yet; nothing was done`,
    'import the key that the database is encrypted with, and prove it',
  );
}

/** The key to prove where none is named: the one that Ballast runs with, or, before any was proven, the one that was adopted last. The caller disposes it. Throws `key-unproven` where there is neither. */
export async function loadKeyToProve(workspace: Workspace): Promise<EncryptionKey> {
  const { keys } = await workspace.readRing();
  const adopted = keys.findLast(({ state, origin }) => state === 'pending' && origin === 'adopted');
  if (activeKeyOf(keys) || !adopted) return loadActiveKey(workspace);
  return (await workspace.openKeys()).keyRing.load(adopted.fingerprint);
}

/** Every key of the ring that is still kept. The caller disposes them. Throws `key-unproven` for an empty ring. */
export async function loadKeptKeys(workspace: Workspace): Promise<EncryptionKey[]> {
  const kept = (await workspace.readRing()).keys.filter(({ state }) => state !== 'destroyed');
  if (kept.length === 0) {
    throw new KeelError(
      'key-unproven',
      `the key ring of ${workspace.name} is empty; nothing was read`,
      'generate, import or restore a key first',
    );
  }
  const { keyRing } = await workspace.openKeys();
  const keys: EncryptionKey[] = [];
  try {
    for (const { fingerprint } of kept) keys.push(await keyRing.load(fingerprint));
    return keys;
  } catch (error) {
    for (const key of keys) key[Symbol.dispose]();
    throw error;
  }
}

/**
 * The other keys of the ring that values may be under, as far as they can be had without asking for anything: a census tells which keys it opened values with. The
 * caller disposes them.
 */
export async function loadOtherKeys(
  workspace: Workspace,
  known: readonly { readonly fingerprint: string }[],
): Promise<EncryptionKey[]> {
  const others = (await workspace.readRing()).keys.filter(
    (key) => mayHaveEncrypted(key) && !known.some(({ fingerprint }) => fingerprint === key.fingerprint),
  );
  if (others.length === 0) return [];
  const keys: EncryptionKey[] = [];
  try {
    const { keyRing } = await workspace.openKeys();
    for (const { fingerprint } of others) {
      const key = await keyRing.load(fingerprint).catch((error: unknown) => void expectedFailure(error));
      if (key) keys.push(key);
    }
  } catch (error) {
    expectedFailure(error);
  }
  return keys;
}
