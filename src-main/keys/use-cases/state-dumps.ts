import { isDeepStrictEqual } from 'node:util';
import { KeelError } from '#errors/keel-error';
import { acceptedToState, assertMayState, releasedBy, stateDumpsOf } from '#keys/keep-reasons';
import type { KeyRingState } from '#keyring/key-entry';
import type { UseCaseContext } from '#workspace/use-case';
import type { Workspace } from '#workspace/workspace';

export interface StateDumpsInput {
  /** No dump begun before this time exists; undefined takes the statement back. */
  readonly noneBefore: Date | undefined;
  /** Reasons against it that the admin accepts: see `KeyNeed.accept`. */
  readonly accepted: readonly string[];
}

function assertSame(confirmed: readonly string[], now: readonly string[]): void {
  if (isDeepStrictEqual([...confirmed].sort(), [...now].sort())) return;
  throw new KeelError(
    'confirmation-missing',
    'this would release other keys than the ones in the question; nothing was changed',
    'state it again, and read which keys it releases',
  );
}

/** Keeps the admin's statement about dumps, which releases keys. Throws `key-needed`: see `stateDumpsOf`, and what the confirmation throws. */
export async function stateDumps(
  workspace: Workspace,
  { noneBefore, accepted: given }: StateDumpsInput,
  { audit, confirm }: Pick<UseCaseContext, 'audit' | 'confirm'>,
): Promise<KeyRingState> {
  const accepted = noneBefore === undefined ? [] : await acceptedToState(workspace.folder, noneBefore, given);
  // what was stated is taken back without a question: it keeps keys
  if (noneBefore !== undefined) {
    await assertMayState(workspace.folder, noneBefore, accepted);
    const released = await releasedBy(workspace.folder, noneBefore);
    await confirm({ of: 'state-dumps', noneBefore: noneBefore.toISOString(), released, accepted });
    assertSame(released, await releasedBy(workspace.folder, noneBefore));
  }
  const ring = await stateDumpsOf(workspace.folder, noneBefore, accepted);
  const took = accepted.length > 0 ? `, accepted: ${accepted.join(', ')}` : '';
  await audit.after({
    environment: workspace.id,
    action: 'dumps stated',
    detail: ring.dumps
      ? `none started before ${ring.dumps.noneBefore} exists${took}`
      : 'the statement was withdrawn',
    outcome: 'done',
  });
  return ring;
}
