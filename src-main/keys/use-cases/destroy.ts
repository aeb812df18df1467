import { codeOf } from '#errors/keel-error';
import { copiesOf } from '#keyring/key-copies';
import type { KeyEntry } from '#keyring/key-entry';
import { acceptedToDestroy, assertMayDestroy, assertNothingNeeds } from '#keys/keep-reasons';
import { entryOf } from '#keyring/key-states';
import { describeStore } from '#keyring/secret-store';
import type { UseCaseContext } from '#workspace/use-case';
import type { Workspace } from '#workspace/workspace';

export interface DestroyKeyInput {
  readonly fingerprint: string;
  /** Reasons to keep it that the admin accepts: see `KeyNeed.accept`. */
  readonly accepted: readonly string[];
}

export interface DestroyedKey {
  readonly entry: KeyEntry;
  /** It was destroyed before: nothing was done now. */
  readonly already: boolean;
  /** Copies that Keel does not remove. */
  readonly left: readonly string[];
}

/**
 * Destroys a key of the ring for good, unless a dump, a rotation on record or a fleet may need it and that was not taken on. What
 * stands against it is asked before the admin is, once more before anything is noted, and again when the ring shows what is about
 * to happen. Throws `key-needed`, `key-not-in-ring`, what the confirmation throws, and what the store throws.
 */
export async function destroyKey(
  workspace: Workspace,
  { fingerprint, accepted: given }: DestroyKeyInput,
  { confirm, audit }: UseCaseContext,
): Promise<DestroyedKey> {
  const entry = entryOf(await workspace.readRing(), fingerprint);
  const copies = copiesOf(entry);
  const left = copies.map(({ what }) => what);
  if (entry.state === 'destroyed') return { entry, already: true, left };
  const accepted = await acceptedToDestroy(workspace.folder, fingerprint, given);
  const assertMayGo = () => assertMayDestroy(workspace.folder, fingerprint, accepted);
  await assertMayGo();
  const heldIn = describeStore(entry.heldIn);
  const those = (isTested: boolean) =>
    copies.filter(({ tested }) => (tested ?? false) === isTested).map(({ what }) => what);
  await confirm({
    of: 'destroy-key',
    fingerprint,
    heldIn,
    left: those(true),
    untested: those(false),
    accepted,
  });
  const { keyRing } = await workspace.openKeys();
  await assertMayGo();
  const takenOn = accepted.length > 0 ? `, accepted: ${accepted.join(', ')}` : '';
  const noted = { environment: workspace.id, fingerprint };
  const detail = `from ${heldIn}${takenOn}`;
  // what cannot be noted is not begun
  await audit.before({ ...noted, action: 'destroying a key begun', detail, outcome: 'done' });
  try {
    const gone = await keyRing.destroy(fingerprint, () =>
      assertNothingNeeds(workspace.folder, fingerprint, accepted),
    );
    await audit.after({ ...noted, action: 'key destroyed', detail, outcome: 'done' });
    return { entry: gone, already: false, left: copiesOf(gone).map(({ what }) => what) };
  } catch (error) {
    await audit.after({
      ...noted,
      action: 'destroying a key broke off',
      detail: codeOf(error),
      outcome: 'failed',
    });
    throw error;
  }
}
