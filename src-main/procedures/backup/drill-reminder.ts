import { activeKeyOf } from '#shared/active-key';
import { expectedFailure } from '#errors/expected-failure';
import { drillDueAt } from '#status/drill-dates';
import type { Native } from '#procedures/native';
import type { Workspaces } from '#procedures/workspaces';

export interface DrillReminder {
  readonly workspaces: Workspaces;
  readonly native: Pick<Native, 'notify'>;
  readonly everyDays: () => number;
  readonly mayNotify: () => boolean;
  readonly now?: () => Date;
}

/** Tells once, by a native notification and without a name, that active keys have backups whose drill is overdue. */
export async function remindOfDrills(options: DrillReminder): Promise<void> {
  const { workspaces, native, everyDays, mayNotify, now = () => new Date() } = options;
  if (!mayNotify()) return;
  const { workspaces: all } = await workspaces.list();
  let due = 0;
  for (const workspace of all) {
    using open = workspace;
    // Home reports a damaged ring
    const ring = await open.readRing().catch((error: unknown) => void expectedFailure(error));
    const provenAt = activeKeyOf(ring?.keys ?? [])?.proofs.at(-1)?.provenAt;
    if (provenAt === undefined) continue;
    if (Date.parse(drillDueAt(provenAt, everyDays())) <= now().getTime()) due += 1;
  }
  if (due === 0) return;
  native.notify(
    due === 1 ? 'A backup is due for a test restore' : `${due} backups are due for a test restore`,
    'Open Keel for details',
  );
}
