import type { RotationResult } from '#contract/rotation';
import type { EncryptionKey } from '#crypto/encryption-key';
import { readIvProofs } from '#environments/iv-proofs';
import type { Inventory } from '#contract/inventory';
import { KeelError } from '#errors/keel-error';
import { plannedKeys } from '#keyring/planned-keys';
import { openSession } from '#rewrite/session';
import type { Preflight } from '#rotation/preflight/run-preflight';
import type { KeyPair } from '#rotation/run/decision';
import type { UseCaseContext } from '#workspace/use-case';
import { activeFingerprint, loadKey } from '#workspace/ring-keys';
import type { Workspace } from '#workspace/workspace';
import { rewriteNoted } from './audited.ts';
import { lookFirst, type RewriteInput, type RewriteStep, rewriteDatabase, waysOf } from './rewrite.ts';

export interface RotateInput extends Omit<RewriteInput, 'purpose' | 'keys' | 'known' | 'inventory'> {
  /** The columns, or how they are found under the old key. */
  readonly inventory: Inventory | ((from: EncryptionKey) => Promise<Inventory>);
  readonly keys?: GivenKeys;
}

/** Keys that the admin gave, whose owner disposes them. For one that was not given, the ring's is taken: see `plannedKeys`. */
export interface GivenKeys {
  readonly from?: EncryptionKey | undefined;
  readonly to?: EncryptionKey | undefined;
}

/**
 * Re-encrypts every value of the inventory under a new key, in one transaction. Throws `key-unproven` or `artefact-missing` where
 * a key is not there yet; else see `rewriteDatabase`.
 */
export async function rotate(
  workspace: Workspace,
  input: RotateInput,
  context: UseCaseContext<RewriteStep>,
): Promise<RotationResult> {
  const { rehearsal } = input;
  const about = { environment: workspace.id, purpose: 'rotate', rehearsal } as const;
  return rewriteNoted(context.audit, about, async () => {
    using loaded = await loadRotationKeys(workspace, input.keys);
    const inventory =
      typeof input.inventory === 'function' ? await input.inventory(loaded.from) : input.inventory;
    const keys = rotationKeys(loaded, input.accepted);
    return await rewriteDatabase(workspace, { ...input, inventory, keys, purpose: 'rotate' }, context);
  });
}

/** What a preflight found, and under which keys. */
export interface Inspection {
  readonly from: string;
  readonly to: string;
  readonly preflight: Preflight;
}

/** What preflight finds of a rotation between the ring's keys, and nothing more. Changes nothing, and stops at nothing. */
export async function inspectRotation(
  workspace: Workspace,
  input: Pick<RewriteInput, 'inventory' | 'excluded' | 'accepted' | 'left' | 'sampled' | 'portable'>,
  { signal, onProgress }: Pick<UseCaseContext<RewriteStep>, 'signal' | 'onProgress'>,
): Promise<Inspection> {
  using loaded = await loadRotationKeys(workspace);
  onProgress({ step: 'preflight', done: 0 });
  await using session = await openSession((await workspace.database()).open, waysOf(input));
  const keys = rotationKeys(loaded, input.accepted);
  const ivProofs = await readIvProofs(workspace.folder);
  const preflight = await lookFirst(session, { ...input, keys, ivProofs, signal }, onProgress);
  return { from: keys.from.fingerprint, to: keys.to.fingerprint, preflight };
}

/** The keys of a rotation, with what the admin accepted of values that are, or may be, under the new one. */
export function rotationKeys(
  { from, to }: { readonly from: EncryptionKey; readonly to: EncryptionKey },
  accepted: RotateInput['accepted'],
): KeyPair {
  return {
    from,
    to,
    toMayBePresent: accepted.includes('half-rotated'),
    inDoubt: accepted.includes('ambiguous-rows') ? 'rewrite' : 'stop',
  };
}

/** Two keys. Disposes those of them that were loaded. */
export interface LoadedKeys extends Disposable {
  readonly from: EncryptionKey;
  readonly to: EncryptionKey;
}

async function loadRotationKeys(workspace: Workspace, { from, to }: GivenKeys = {}): Promise<LoadedKeys> {
  return loadKeys(workspace, {
    from: from ?? (await activeFingerprint(workspace)),
    to: to ?? (await plannedTarget(workspace)),
  });
}

async function plannedTarget(workspace: Workspace): Promise<string> {
  const { to } = plannedKeys((await workspace.readRing()).keys);
  if (to) return to.fingerprint;
  throw new KeelError(
    'artefact-missing',
    'there is no new key to rotate to; nothing was changed',
    'generate one, back it up and test the backup',
  );
}

/** Two keys; those that are named by their fingerprints are loaded from the ring. Throws `key-not-in-ring`. */
export async function loadKeys(
  workspace: Workspace,
  keys: { readonly from: string | EncryptionKey; readonly to: string | EncryptionKey },
): Promise<LoadedKeys> {
  const loaded: EncryptionKey[] = [];
  const dispose = () => {
    for (const key of loaded) key[Symbol.dispose]();
  };
  const load = async (key: string | EncryptionKey) => {
    if (typeof key !== 'string') return key;
    const opened = await loadKey(workspace, key);
    loaded.push(opened);
    return opened;
  };
  try {
    return { from: await load(keys.from), to: await load(keys.to), [Symbol.dispose]: dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}
