import { variableOfChosen } from '#applications/applications';
import type { EncryptionKey } from '#crypto/encryption-key';
import { withTarget } from '#environments/remembered-targets';
import type { KeyProof } from '#contract/key-record';
import type { UseCaseContext } from '#workspace/use-case';
import { KeelError } from '#errors/keel-error';
import { text } from '#errors/text';
import type { KeyEntry } from '#keyring/key-entry';
import type { Workspace } from '#workspace/workspace';

export interface AdoptKeyInput {
  /** The caller disposes it. */
  readonly key: EncryptionKey;
  readonly from: 'env-file' | 'artefact' | 'typed' | 'file' | 'variable' | 'standard input';
  /** The `.env` that it stood in, where Ballast reads it. */
  readonly envFile?: string;
  /** The artefact that gave it back. */
  readonly proof?: Omit<KeyProof, 'provenAt'>;
}

const sources: Readonly<Record<AdoptKeyInput['from'], string>> = {
  'env-file': 'from a .env',
  artefact: 'restored from a backup',
  typed: 'typed',
  file: 'from a key file',
  variable: 'from an environment variable',
  'standard input': 'from standard input',
};

/**
 * Holds a key that was made elsewhere in the ring, as a candidate for a proof: it becomes the active one once it opens the database,
 * and is never one to rotate to. Throws `usage` where too many are unproven, and what the store throws; nothing was kept then.
 */
export async function adoptKey(
  workspace: Workspace,
  { key, from, envFile, proof }: AdoptKeyInput,
  { audit }: Pick<UseCaseContext, 'audit'>,
): Promise<{ readonly fingerprint: string; readonly known: boolean }> {
  const { fingerprint } = key;
  const { keys } = await workspace.readRing();
  const known = keys.some((entry) => entry.fingerprint === fingerprint);
  if (!known) assertRoom(keys);
  const { keyRing } = await workspace.openKeys();
  await keyRing.hold(key, 'pending', 'adopted');
  if (proof) await keyRing.recordProof(fingerprint, proof);
  await audit.after({
    environment: workspace.id,
    action: 'key adopted',
    detail: sources[from],
    outcome: 'done',
    fingerprint,
  });
  if (envFile !== undefined && workspace.settings) {
    const variable = variableOfChosen(workspace.settings.application);
    const target = { kind: 'env-file', path: envFile, variable } as const;
    await workspace.change(({ targets }) => ({ targets: withTarget(targets, { target }) }));
  }
  return { fingerprint, known };
}

/** Somebody who does not know which key it is tries a few. */
const mostUnproven = 50;

/** Throws `usage` where the ring has as many imported keys that were never in use as anybody tries. */
function assertRoom(keys: readonly KeyEntry[]): void {
  const unproven = keys.filter(({ state, origin }) => state === 'pending' && origin === 'adopted');
  if (unproven.length < mostUnproven) return;
  throw new KeelError(
    'usage',
    `the key ring has ${mostUnproven} imported keys that are not proven, so this one was not imported; nothing was changed`,
    text`prove the key that the database is encrypted with, then ${{ do: 'destroy-key' }} for those that you do not need, like ${unproven[0]?.fingerprint ?? ''}`,
  );
}
