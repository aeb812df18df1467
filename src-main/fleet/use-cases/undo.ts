import { expectedFailure } from '#errors/expected-failure';
import { KeelError } from '#errors/keel-error';
import { text } from '#errors/text';
import { evidenceFor } from '#evidence/column-statistics';
import { provenBits } from '#evidence/plaintexts/value-evidence';
import { proofOf } from '#fleet/member-key';
import { type OverRecorded, outcomesOf } from '#fleet/member-outcomes';
import {
  beginFleetUndo,
  type FleetDatabase,
  readFleetRecord,
  recordFleetOutcome,
} from '#records/fleet-record';
import { type FleetColumns, fleetColumns } from '#fleet/members';
import { followNone } from '#fleet/member-workspace';
import { lastCommitted } from '#records/last-rotation';
import { isUnsettled } from '#records/rotation-state';
import type { AcceptableStop } from '#rewrite/finding';
import type { Proof } from '#proof/prove';
import { speaksFor } from '#proof/speaks-for';
import { recover } from '#rotation/use-cases/recover';
import { undo } from '#rotation/use-cases/undo';
import { activeKeyOf } from '#shared/active-key';
import { loadKey } from '#workspace/ring-keys';
import { withFolderLock } from '#storage/folder-lock';
import type { UnaskingContext, UseCaseContext } from '#workspace/use-case';
import type { KnownWorkspace, Workspace } from '#workspace/workspace';

export interface UndoFleetInput extends OverRecorded {
  readonly accepted: readonly AcceptableStop[];
  readonly lockTimeoutMs: number;
}

/**
 * Takes every database that the last rotation of the fleet took over back to the key that it came from, each in its own transaction. What
 * fails is undone by the next run. Throws `nothing-to-undo` without such a rotation, `already-undone`, and
 * `confirmation-missing` where the fleet is another by the time the admin has agreed.
 */
export async function undoFleet(
  workspace: KnownWorkspace,
  { limit, reach, accepted, lockTimeoutMs }: UndoFleetInput,
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
        const left = databases.filter(({ state }) => state !== 'done').map(({ name }) => name);
        const members = databases.length;
        await confirm({ of: 'undo-fleet', from, to, databases: left, members, kept: [], accepted });
      });
      const keys = { from: begun.from, to: begun.to };
      const names = begun.databases.filter(({ state }) => state !== 'done').map(({ name }) => name);
      const over = { limit, reach, signal, onProgress, keys };
      const outcomes = await outcomesOf(workspace, names, over, (member) =>
        takeBack(member, keys.to, {
          of: fleetColumns(workspace.settings),
          accepted,
          lockTimeoutMs,
          signal,
          audit,
        }),
      );
      for (const outcome of outcomes) await recordFleetOutcome(folder, keys, outcome);
      const done = outcomes.filter(({ state }) => state === 'done').length;
      await audit.after({
        environment: id,
        action: 'fleet undone',
        detail: `${done} of ${outcomes.length} databases encrypted with ${keys.to} again`,
        outcome: done === outcomes.length ? 'done' : 'failed',
        fingerprint: keys.to,
      });
      return (await readFleetRecord(folder))?.databases ?? outcomes;
    },
    { timeoutMs: 0 },
  );
}

type TakeBack = Pick<UndoFleetInput, 'accepted' | 'lockTimeoutMs'> &
  Pick<UnaskingContext, 'signal' | 'audit'> & { readonly of: FleetColumns };

/** Undoes one database. What a killed run left of it is settled first: only what was committed tells which key it is under. */
async function takeBack(
  member: Workspace,
  to: string,
  { of, accepted, lockTimeoutMs, signal, audit }: TakeBack,
): Promise<number> {
  const context = { signal, audit, onProgress: () => {}, confirm: async () => {} };
  if ((await member.records.list()).some(({ state }) => isUnsettled(state))) {
    const { failure } = await recover(member, { ...context, confirm: followNone });
    if (failure) throw failure;
  }
  const last = lastCommitted(await member.records.list());
  // it never went over, and need not be reached
  if (!last) return 0;
  // by its records it is under the key that the undo goes to: a killed run brought it back
  if (last.to === to) {
    await assertBack(member, to, { of, signal });
    return 0;
  }
  const input = { excluded: [], accepted, lockTimeoutMs, rehearsal: false, onPreflight: () => {} };
  try {
    return (await undo(member, input, context)).rows;
  } catch (error) {
    // the key has decrypted every value there: it was restored from before the rotation
    expectedFailure(error, 'already-rotated');
    await activateOnProof(member, to, { of, signal });
    return 0;
  }
}

/** Makes the key that the undo goes to the active one, by what it decrypts of a database. */
async function activateOnProof(
  member: Workspace,
  to: string,
  tried: Pick<TakeBack, 'of' | 'signal'>,
): Promise<void> {
  const { columns } = await proofAt(member, to, tried);
  const bits = evidenceFor(columns);
  // too few values to prove it by: the next database that is undone does
  if (bits < provenBits) return;
  const { keyRing } = await member.openKeys();
  const insteadOf = activeKeyOf(await keyRing.list())?.fingerprint ?? null;
  await keyRing.activate(to, { seen: 'values', bits, insteadOf });
}

/** What a sample of a database proves of the key that the undo goes to. */
async function proofAt(
  member: Workspace,
  to: string,
  tried: Pick<TakeBack, 'of' | 'signal'>,
): Promise<Proof> {
  using key = await loadKey(member, to);
  return await proofOf(key, { ...tried, database: await member.database(), records: member.records });
}

/** Throws `key-wrong` unless a sample speaks for the key that the undo goes to. */
async function assertBack(
  member: Workspace,
  to: string,
  tried: Pick<TakeBack, 'of' | 'signal'>,
): Promise<void> {
  if (speaksFor(await proofAt(member, to, tried))) return;
  const name = member.member ?? (await member.database()).label;
  throw new KeelError(
    'key-wrong',
    `according to Keel’s records, ${name} is encrypted with key ${to} and needs no undo, but that key does not decrypt most of a sample of it; nothing was changed`,
    text`find the key that it is encrypted with (${{ do: 'prove' }}), and rotate it on its own from that key; to finish the undo without it, give it up`,
  );
}
