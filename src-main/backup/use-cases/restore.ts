import { evidenceFor } from '#evidence/column-statistics';
import type { Inventory } from '#contract/inventory';
import type { ChosenApplication } from '#contract/application';
import type { EncryptionKey } from '#crypto/encryption-key';
import type { KeyProof, KeyState } from '#contract/key-record';
import type { Proof } from '#proof/prove';
import { formsOfChosen } from '#applications/applications';
import { isWithoutValues, proveKeys } from '#proof/prove-keys';
import type { UseCaseContext } from '#workspace/use-case';
import type { Workspace } from '#workspace/workspace';

export interface RestoreKeyInput {
  /** What the artefact gave back: readings of it, of which the database chooses. The caller disposes them. */
  readonly keys: readonly [EncryptionKey, ...EncryptionKey[]];
  /** The application whose forms are looked for, where the environment does not name it. */
  readonly application?: ChosenApplication | undefined;
  readonly artefact: Omit<KeyProof, 'provenAt'>;
  /** Found by the key where it is not given. */
  readonly inventory?: Inventory | undefined;
  readonly excluded: readonly string[];
}

/** The key is in the ring in this state, or was not kept because the database does not say that it is the right one. */
export type RestoredKey =
  | { readonly kept: true; readonly fingerprint: string; readonly state: KeyState; readonly proof: Proof }
  | {
      readonly kept: false;
      readonly verdict: Proof['verdict'];
      /** The database holds nothing that is encrypted, so that it says nothing about the key. */
      readonly isEmpty: boolean;
    };

/**
 * Takes a key from its artefact into the key ring, once the database has told that it is its key: the active one, if there is none
 * yet. Nothing is kept otherwise.
 */
export async function restoreKey(
  workspace: Workspace,
  { keys, artefact, application, inventory, excluded }: RestoreKeyInput,
  { signal, audit }: Pick<UseCaseContext, 'signal' | 'audit'>,
): Promise<RestoredKey> {
  const client = await (await workspace.database()).open('keel backup restore');
  const proofs = await proveKeys(client, keys, {
    ...(inventory && { inventory }),
    forms: formsOfChosen(application ?? workspace.settings?.application),
    excluded,
    signal,
  }).finally(() => client.end());
  const at = Math.max(
    proofs.findIndex(({ verdict }) => verdict === 'correct'),
    0,
  );
  const [proof, key] = [proofs[at], keys[at] ?? keys[0]];
  const { fingerprint } = key;
  if (!proof || proof.verdict !== 'correct') {
    const verdict = proof?.verdict ?? 'inconclusive';
    return {
      kept: false,
      verdict,
      isEmpty: verdict === 'inconclusive' && proof !== undefined && isWithoutValues(proof),
    };
  }
  const { keyRing } = await workspace.openKeys();
  await keyRing.hold(key, 'pending', 'adopted');
  await keyRing.recordProof(fingerprint, artefact);
  const isFirst = !(await keyRing.list()).some(({ state }) => state === 'active');
  if (isFirst)
    await keyRing.activate(fingerprint, {
      seen: 'values',
      bits: evidenceFor(proof.columns),
      insteadOf: null,
    });
  const entry = (await keyRing.list()).find((one) => one.fingerprint === fingerprint);
  await audit.after({
    environment: workspace.id,
    action: 'key restored',
    detail: `from ${artefact.location}`,
    outcome: 'done',
    fingerprint,
  });
  return { kept: true, fingerprint, state: entry?.state ?? 'pending', proof };
}
