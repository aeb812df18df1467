import { activeKeyOf } from '#shared/active-key';
import { KeelError } from '#errors/keel-error';
import { findTarget, isSameTarget } from '#environments/remembered-targets';
import type { UseCaseContext } from '#workspace/use-case';
import { entryOf } from '#keyring/key-states';
import { historyOf } from '#workspace/replace-active-key';
import type { KnownWorkspace } from '#workspace/workspace';
import { keepPlaces, type KnownPlaces } from '#handoff/known-places';
import { asReadBy } from '#handoff/key-text';
import { describeTarget, takeBackHandoff } from '#handoff/target';
import { type HandoffInput, leavesMachine } from './apply.ts';

export interface TakenBack extends Pick<KnownPlaces, 'remembered' | 'behind'> {
  readonly where: string;
  /** Fingerprint of the key that stands there again; undefined where nothing stood there before. */
  readonly holds?: string;
}

/**
 * Puts a place back to what it held before Keel wrote there; the hand-off is open again then. Throws `nothing-to-undo` where that is not known, and what the
 * place does; nothing was changed there then.
 */
export async function takeBack(
  workspace: KnownWorkspace,
  { target, token }: HandoffInput,
  { audit, confirm }: Pick<UseCaseContext, 'audit' | 'confirm'>,
): Promise<TakenBack> {
  const where = describeTarget(target);
  const given = findTarget(workspace.settings.targets, target)?.given;
  if (!given) {
    throw new KeelError(
      'nothing-to-undo',
      `Keel has no record of an earlier key that it replaced at ${where}; nothing was changed`,
      'if it has to be a different key, set it there yourself',
    );
  }
  const { keyRing } = await workspace.openKeys();
  using before =
    given.before === undefined ? undefined : asReadBy(workspace.settings, await keyRing.load(given.before));
  const noted = { environment: workspace.id, detail: where, fingerprint: given.fingerprint };
  await confirm({
    of: 'take-back-hand-off',
    ...(before && { key: historyOf(entryOf(await workspace.readRing(), before.fingerprint)) }),
    destination: target,
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
  const active = activeKeyOf((await workspace.readRing()).keys)?.fingerprint;
  const holds = given.before === undefined ? {} : { holds: given.before };
  const { remembered, behind } = await keepPlaces(workspace, active, (targets) =>
    targets.map((one) => (isSameTarget(one.target, target) ? { target, ...holds } : one)),
  );
  return { where, ...holds, remembered, behind };
}
