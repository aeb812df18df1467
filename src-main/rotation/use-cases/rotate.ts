import type { RotationResult } from '#contract/rotation';
import type { EncryptionKey } from '#crypto/encryption-key';
import { readIvProofs } from '#environments/iv-proofs';
import { KeelError } from '#errors/keel-error';
import { plannedKeys } from '#keyring/planned-keys';
import { openSession } from '#rewrite/session';
import type { Preflight } from '#rotation/preflight/run-preflight';
import type { KeyPair } from '#rotation/run/ruling';
import type { UseCaseContext } from '#workspace/use-case';
import type { Workspace } from '#workspace/workspace';
import { lookFirst, type RewriteInput, type RewriteStep, rewriteDatabase } from './rewrite.ts';

export interface RotateInput extends Omit<RewriteInput, 'purpose' | 'keys' | 'known'> {
  /** The caller disposes both. */
  readonly keys: { readonly from: EncryptionKey; readonly to: EncryptionKey };
}

/** Re-encrypts every value of the inventory under a new key, in one transaction. See `rewriteDatabase`. */
export async function rotate(
  workspace: Workspace,
  input: RotateInput,
  context: UseCaseContext<RewriteStep>,
): Promise<RotationResult> {
  const keys = rotationKeys(input.keys, input.accepted);
  return rewriteDatabase(workspace, { ...input, keys, purpose: 'rotate' }, context);
}

/** What preflight finds of a rotation, and nothing more. Changes nothing, and stops at nothing. */
export async function inspectRotation(
  workspace: Workspace,
  input: Pick<RotateInput, 'inventory' | 'keys' | 'excluded' | 'accepted' | 'left' | 'sampled'>,
  { signal, onProgress }: Pick<UseCaseContext<RewriteStep>, 'signal' | 'onProgress'>,
): Promise<Preflight> {
  onProgress({ step: 'preflight', done: 0 });
  await using session = await openSession((await workspace.database()).open);
  const keys = rotationKeys(input.keys, input.accepted);
  const ivProofs = await readIvProofs(workspace.folder);
  return await lookFirst(session, { ...input, keys, ivProofs, signal }, onProgress);
}

/** The keys of a rotation, with what the admin accepted of values that are, or may be, under the new one. */
export function rotationKeys({ from, to }: RotateInput['keys'], accepted: RotateInput['accepted']): KeyPair {
  return {
    from,
    to,
    toMayBePresent: accepted.includes('half-rotated'),
    takeAmbiguousAsFrom: accepted.includes('ambiguous-rows'),
  };
}

/** Two keys, loaded. The owner disposes them. */
export interface LoadedKeys extends Disposable {
  readonly from: EncryptionKey;
  readonly to: EncryptionKey;
}

/** Loads the keys of the next rotation. Throws `key-unproven` or `artefact-missing` where one is not there yet. */
export async function loadPlannedKeys(workspace: Workspace): Promise<LoadedKeys> {
  const { from } = plannedKeys((await workspace.readRing()).keys);
  if (!from) {
    throw new KeelError(
      'key-unproven',
      'no key of this environment has been proven yet; nothing was changed',
      'adopt the key that Ballast runs with, and prove it',
    );
  }
  return loadKeys(workspace, { from: from.fingerprint, to: await plannedTarget(workspace) });
}

/** Loads the key that the next rotation goes to. The caller disposes it. Throws `artefact-missing` where none is waiting. */
export async function loadPlannedTarget(workspace: Workspace): Promise<EncryptionKey> {
  const fingerprint = await plannedTarget(workspace);
  return (await workspace.openKeys()).keyRing.load(fingerprint);
}

async function plannedTarget(workspace: Workspace): Promise<string> {
  const { to } = plannedKeys((await workspace.readRing()).keys);
  if (to) return to.fingerprint;
  throw new KeelError(
    'artefact-missing',
    'there is no new key to rotate to; nothing was changed',
    'generate one, back it up and drill the backup',
  );
}

/** Loads two keys of the ring. Throws `key-not-in-ring`. */
export async function loadKeys(
  workspace: Workspace,
  fingerprints: { readonly from: string; readonly to: string },
): Promise<LoadedKeys> {
  const { keyRing } = await workspace.openKeys();
  const from = await keyRing.load(fingerprints.from);
  try {
    const to = await keyRing.load(fingerprints.to);
    const dispose = () => {
      from[Symbol.dispose]();
      to[Symbol.dispose]();
    };
    return { from, to, [Symbol.dispose]: dispose };
  } catch (error) {
    from[Symbol.dispose]();
    throw error;
  }
}
