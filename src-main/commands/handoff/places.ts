import type { HandoffTarget } from '#contract/handoff';
import { applicationNameOf } from '#applications/applications';
import { KeelError } from '#errors/keel-error';
import { describeTarget } from '#handoff/target';
import { counted } from '#shared/counted';
import type { KnownWorkspace } from '#workspace/workspace';
import type { Terminal } from '#commands/terminal';
import { targetOf, type TargetOptions } from './target.ts';

/** The place that was named, else those that were named before. Throws `usage` where there is none. */
export function placesOf(options: TargetOptions, { settings }: KnownWorkspace): HandoffTarget[] {
  const target = targetOf(options);
  if (target) return [target];
  const known = settings.targets.map((one) => one.target);
  if (known.length > 0) return known;
  throw noPlace(applicationNameOf(settings.application));
}

/** The same for what concerns one place at a time. Throws `usage` also where several were named before. */
export function onePlaceOf(options: TargetOptions, workspace: KnownWorkspace): HandoffTarget {
  const [only, ...more] = placesOf(options, workspace) as [HandoffTarget, ...HandoffTarget[]];
  if (more.length === 0) return only;
  throw new KeelError(
    'usage',
    `${applicationNameOf(workspace.settings.application)} reads its key from ${counted(more.length + 1, 'place')}: ${[only, ...more].map(describeTarget).join('; ')}; nothing was changed`,
    'pass the destination to revert, such as --env-file /srv/app/.env',
  );
}

/** The failure of a hand-off that knows no place. */
function noPlace(application: string): KeelError {
  return new KeelError(
    'usage',
    `it is not known where ${application} reads its key; nothing was changed`,
    'pass a destination, such as --env-file /srv/app/.env',
  );
}

/** Warns that a place was written and could not be remembered. */
export function sayForgotten(where: string, terminal: Terminal): void {
  terminal.note(
    terminal.paint('warning', `${where} was written, but could not be saved in the environment’s settings.`),
  );
}
