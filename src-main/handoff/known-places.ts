import type { RememberedTarget } from '#contract/handoff';
import { type EnvironmentSettings, readEnvironmentSettings } from '#environments/environment-settings';
import { lastKeyChange } from '#records/key-change';
import type { KnownWorkspace } from '#workspace/workspace';
import type { ReadTarget } from '#keyring/leftovers';
import { readerOf } from './key-text.ts';
import { overridersOf, setsVariable } from './overriding/overriders.ts';
import { readTargets } from './read-targets.ts';

/** The places where Ballast reads its key, after one of them changed. */
export interface KnownPlaces {
  readonly places: number;
  /** Those that do not hold the active key, as far as can be seen without asking anybody. */
  readonly behind: readonly ReadTarget[];
  /** The change was kept in the settings; a full disk may stand against that, which does not undo what was written. */
  readonly remembered: boolean;
}

/**
 * Keeps a change of the list. The last rotation, of a fleet too, counts as handed off while every place of it holds the key `active`: Ballast may read
 * any of them.
 */
export async function keepPlaces(
  workspace: KnownWorkspace,
  active: string | undefined,
  change: (targets: readonly RememberedTarget[]) => RememberedTarget[],
): Promise<KnownPlaces> {
  const remembered = await workspace
    .change(({ targets }) => ({ targets: change(targets) }))
    .then(
      () => true,
      () => false,
    );
  const known = remembered ? await readEnvironmentSettings(workspace.folder) : undefined;
  const targets = known?.targets ?? change(workspace.settings.targets);
  const places = await placesRead(targets, workspace.settings);
  const behind = places.filter(({ holds }) => active === undefined || holds !== active);
  const last = (await lastKeyChange(workspace.folder))?.record;
  const isDone = targets.length > 0 && behind.length === 0;
  if (remembered && last) {
    await workspace.change((now) => {
      // another hand-off changed the list meanwhile, and decides
      if (now.targets.length !== targets.length) return {};
      if (isDone) return { handedOff: last.id };
      return now.handedOff === last.id ? { handedOff: undefined } : {};
    });
  }
  return { places: places.length, behind, remembered };
}

/** The places, and whatever else sets the same variable for the program that reads one of them, and counts more there. */
async function placesRead(
  targets: readonly RememberedTarget[],
  settings: Pick<EnvironmentSettings, 'application'>,
): Promise<ReadTarget[]> {
  const named = await readTargets(targets, settings);
  using reader = readerOf(settings);
  const paths = targets.flatMap(({ target }) => ('path' in target ? [target.path] : []));
  const isNamed = (where: string) => paths.some((path) => where === path || where.startsWith(`${path}, `));
  const others = new Map<string, ReadTarget>();
  for (const { target } of targets) {
    if (!setsVariable(target)) continue;
    for (const { where, holds, removes } of await overridersOf(target, reader))
      if (removes || !isNamed(where)) others.set(where, { where, ...(holds !== undefined && { holds }) });
  }
  return [...named, ...others.values()];
}
