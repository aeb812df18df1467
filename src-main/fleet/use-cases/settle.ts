import { KeelError } from '#errors/keel-error';
import { asKeelError } from '#fleet/members';
import { memberWorkspace, rotatedMembers } from '#fleet/member-workspace';
import { overMembers } from '#fleet/over-members';
import {
  beginFleetUndo,
  type FleetDatabase,
  readFleetRecord,
  recordFleetOutcome,
} from '#records/fleet-record';
import { recover } from '#rotation/use-cases/recover';
import { sweep } from '#rotation/use-cases/sweep';
import { undo } from '#rotation/use-cases/undo';
import type { AcceptableStop } from '#rewrite/finding';
import { inNaturalOrder } from '#shared/natural-order';
import { withFolderLock } from '#storage/folder-lock';
import type { UnaskingContext, UseCaseContext } from '#workspace/use-case';
import type { KnownWorkspace, Workspace } from '#workspace/workspace';

/** How many databases are worked on at once. */
interface Bounded {
  readonly limit: number;
}

/** Finds out what became of rotations of the fleet's databases that did not come to their end. Throws `nothing-to-undo` without a fleet. */
export async function recoverFleet(
  workspace: KnownWorkspace,
  { limit }: Bounded,
  { signal, onProgress, audit }: UnaskingContext<'fleet'>,
): Promise<FleetDatabase[]> {
  const names = await rotatedMembers(workspace.folder);
  return outcomesOf(workspace, names, { limit, signal, onProgress }, async (member) => {
    const { failure, recovered } = await recover(member, { signal, audit, onProgress: () => {} });
    if (failure) throw failure;
    return recovered.length;
  });
}

/** Looks for values under the key that the last rotation of each of the fleet's databases came from. Only reads the databases. */
export async function sweepFleet(
  workspace: KnownWorkspace,
  { limit }: Bounded,
  { signal, onProgress, audit }: UnaskingContext<'fleet'>,
): Promise<FleetDatabase[]> {
  const names = await rotatedMembers(workspace.folder);
  return outcomesOf(workspace, names, { limit, signal, onProgress }, async (member, name) => {
    const { allClear, stragglers, from } = await sweep(member, { signal, audit, onProgress: () => {} });
    if (allClear) return 0;
    throw new KeelError(
      'rows-unopened',
      `the sweep of ${name} did not come out clear: ${stragglers} rows under key ${from}, or places that were not read`,
      'rotate what is left of it as an environment of its own, then sweep again',
    );
  });
}

export interface UndoFleetInput extends Bounded {
  readonly accepted: readonly AcceptableStop[];
  readonly lockTimeoutMs: number;
}

/**
 * Takes every database that the last rotation of the fleet took over back to the key that it came from, each in its own transaction. What
 * fails is undone by the next run. Throws `nothing-to-undo` without such a rotation, and once it was undone.
 */
export async function undoFleet(
  workspace: KnownWorkspace,
  { limit, accepted, lockTimeoutMs }: UndoFleetInput,
  { signal, onProgress, confirm, audit }: UseCaseContext<'fleet'>,
): Promise<FleetDatabase[]> {
  const { folder, id } = workspace;
  // opening the keys makes the folder that the lock lies in
  await workspace.openKeys();
  return withFolderLock(
    folder,
    'fleet-rotation',
    async () => {
      const begun = await beginFleetUndo(folder, async ({ from, to, databases }) => {
        const left = databases.filter(({ state }) => state !== 'done').length;
        const members = databases.length;
        await confirm({ of: 'rotate-fleet', from, to, databases: left, members, kept: [], accepted });
      });
      const keys = { from: begun.from, to: begun.to };
      const names = begun.databases.filter(({ state }) => state !== 'done').map(({ name }) => name);
      const outcomes = await outcomesOf(
        workspace,
        names,
        { limit, signal, onProgress, keys },
        async (member) => {
          const context = { signal, audit, onProgress: () => {}, confirm: async () => {} };
          const input = { excluded: [], accepted, lockTimeoutMs, rehearsal: false, onPreflight: () => {} };
          const last = (await member.records.list()).findLast(({ state }) => state !== 'rolled-back');
          // by its records it is under the key that the undo goes to: it never went over, or a killed run brought it back
          if (!last || (last.state !== 'cutover' && last.to === keys.to)) return 0;
          return (await undo(member, input, context)).rows;
        },
      );
      for (const outcome of outcomes) await recordFleetOutcome(folder, keys, outcome);
      const done = outcomes.filter(({ state }) => state === 'done').length;
      await audit.after({
        environment: id,
        action: 'fleet undone',
        detail: `${done} of ${outcomes.length} databases back under ${keys.to}`,
        outcome: done === outcomes.length ? 'done' : 'failed',
        fingerprint: keys.to,
      });
      return (await readFleetRecord(folder))?.databases ?? outcomes;
    },
    { timeoutMs: 0 },
  );
}

interface Over extends Pick<UnaskingContext<'fleet'>, 'signal' | 'onProgress'>, Bounded {
  readonly keys?: { readonly from: string; readonly to: string };
}

/** The work for each database; a failure is its outcome, and stops no other. Throws `nothing-to-undo` without any database. */
async function outcomesOf(
  workspace: KnownWorkspace,
  names: readonly string[],
  { limit, signal, onProgress, keys }: Over,
  work: (member: Workspace, name: string) => Promise<number>,
): Promise<FleetDatabase[]> {
  const record = await readFleetRecord(workspace.folder);
  if (!record || names.length === 0) throw nothingOnRecord(workspace.name);
  const sorted = inNaturalOrder(names);
  const outcomes = await overMembers(sorted, { limit, signal, onProgress }, (name) =>
    work(memberWorkspace(workspace, name, keys ?? record), name),
  );
  return sorted.map((name, index): FleetDatabase => {
    const outcome = outcomes[index];
    if (outcome === undefined || (signal.aborted && 'error' in outcome)) return { name, state: 'waiting' };
    const at = new Date().toISOString();
    if ('value' in outcome) return { name, state: 'done', at, rows: outcome.value };
    const { code, message, remedy } = asKeelError(outcome.error);
    return { name, state: 'failed', at, code, message, remedy };
  });
}

function nothingOnRecord(name: string): KeelError {
  return new KeelError(
    'nothing-to-undo',
    `no rotation of the fleet of ${name} is on record here; nothing was changed`,
    'run it on the machine and with the KEEL_HOME that rotated the fleet',
  );
}
