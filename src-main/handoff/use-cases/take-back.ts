import { KeelError } from '#errors/keel-error';
import { findTarget, mayTakeBack, withoutTarget } from '#environments/remembered-targets';
import type { UseCaseContext } from '#workspace/use-case';
import type { KnownWorkspace } from '#workspace/workspace';
import { describeTarget, takeBackHandoff } from '#handoff/target';
import { type HandoffInput, leavesMachine } from './apply.ts';

export interface TakenBack {
  readonly where: string;
  /** Fingerprint of the key that stands there again; undefined where none stood before. */
  readonly holds?: string;
  /** See `HandedOff`. */
  readonly remembered: boolean;
}

/**
 * Puts a place back to the key that it held before Keel wrote there. Throws `nothing-to-undo` where that is not known, and what the
 * place does; nothing was changed there then.
 */
export async function takeBack(
  workspace: KnownWorkspace,
  { target, token }: HandoffInput,
  { audit, confirm }: Pick<UseCaseContext, 'audit' | 'confirm'>,
): Promise<TakenBack> {
  const where = describeTarget(target);
  const known = findTarget(workspace.settings.targets, target);
  const given = known && mayTakeBack(known) ? known.given : undefined;
  if (!given) {
    throw new KeelError(
      'nothing-to-undo',
      `no earlier key that Keel replaced at ${where} is known; nothing was changed`,
      'set the key there yourself, if it has to be another one',
    );
  }
  const { keyRing } = await workspace.openKeys();
  using before = await keyRing.load(given.before ?? given.fingerprint);
  const noted = { environment: workspace.id, detail: where, fingerprint: given.fingerprint };
  await confirm({
    of: 'take-back-hand-off',
    fingerprint: before.fingerprint,
    place: where,
    before: given.fingerprint,
  });
  if (leavesMachine(target))
    await audit.before({ ...noted, action: 'taking back a hand-off begun', outcome: 'done' });
  await takeBackHandoff(target, { given: given.fingerprint, before }, { token }).catch(
    async (error: unknown) => {
      if (leavesMachine(target))
        await audit.after({ ...noted, action: 'taking back a hand-off broke off', outcome: 'failed' });
      throw error;
    },
  );
  await audit.after({ ...noted, action: 'hand-off taken back', outcome: 'done' });
  const remembered = await workspace
    .change(({ targets }) => ({ targets: [...withoutTarget(targets, target), { target }] }))
    .then(
      () => true,
      () => false,
    );
  return { where, ...(given.before !== undefined && { holds: given.before }), remembered };
}
