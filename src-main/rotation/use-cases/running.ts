import { KeelError } from '#errors/keel-error';
import { lastKeyChange } from '#records/key-change';
import type { Workspace } from '#workspace/workspace';
import { type ConnectedSessions, connectedSessions } from '#rotation/connected-sessions';
import { sessionsAround } from '#rotation/running-sessions';

/**
 * Who is connected to the database since before the last cutover, and may still write under the old key. Throws `nothing-to-undo`
 * without a rotation on record.
 */
export async function sessionsSinceCutover(
  workspace: Workspace,
): Promise<Awaited<ReturnType<typeof sessionsAround>>> {
  const last = (await lastKeyChange(workspace.folder))?.record;
  if (!last) {
    throw new KeelError(
      'nothing-to-undo',
      'no rotation of this environment is on record, so there is no point in time to compare with',
      'rotate first',
    );
  }
  const committedAt = last.history.find(({ state }) => state === 'committed')?.at ?? last.history[0]?.at;
  await using client = await (await workspace.database()).open('keel hand-off');
  return await sessionsAround(client, {
    id: last.id,
    committedAt: committedAt ?? new Date().toISOString(),
  });
}

/** Who else is connected to the database now. Only reads. */
export async function sessionsNow(workspace: Workspace): Promise<ConnectedSessions> {
  await using client = await (await workspace.database()).open('keel sessions');
  return await connectedSessions(client);
}
