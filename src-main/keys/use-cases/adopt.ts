import { variableOfChosen } from '#applications/applications';
import type { EncryptionKey } from '#crypto/encryption-key';
import { withTarget } from '#environments/remembered-targets';
import type { KeyProof } from '#contract/key-record';
import type { UseCaseContext } from '#workspace/use-case';
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
 * and is never one to rotate to. Throws what the store throws; nothing was kept then.
 */
export async function adoptKey(
  workspace: Workspace,
  { key, from, envFile, proof }: AdoptKeyInput,
  { audit }: Pick<UseCaseContext, 'audit'>,
): Promise<{ readonly fingerprint: string; readonly known: boolean }> {
  const { fingerprint } = key;
  const known = (await workspace.readRing()).keys.some((entry) => entry.fingerprint === fingerprint);
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
