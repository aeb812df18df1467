import { loadKey } from '#workspace/ring-keys';
import { triedOn } from '#proof/tried-on';
import { replaceActiveKey } from '#workspace/replace-active-key';
import type { UseCaseContext } from '#workspace/use-case';
import type { Workspace } from '#workspace/workspace';
import type { RingPort } from '#rotation/compare-with-ring';
import { type Recovery, settleRotations } from '#rotation/settle-rotations';
import { failureNoted } from './audited.ts';

/**
 * Finds out what became of rotations that did not come to their end. See `settleRotations`. The admin is asked before a key takes the place
 * of the active one because the database says so.
 */
export async function recover(
  workspace: Workspace,
  { signal, onProgress, audit, confirm }: UseCaseContext<'recovery'>,
): Promise<Recovery> {
  const environment = workspace.id;
  return failureNoted(audit, { environment, run: 'recovery' }, async () => {
    await using client = await (await workspace.database()).open('keel recover');
    onProgress({ step: 'recovery', done: 0 });
    const keyRing = ringOf(workspace);
    const replace = replaceActiveKey(workspace, { confirm, audit });
    const recovery = await settleRotations(client, {
      keyRing,
      records: workspace.records,
      correct: (keys, by) => replace(keys, triedOn(by, { sampled: true })),
      signal,
    });
    const detail =
      recovery.recovered.map(({ record, outcome }) => `${record.id} ${outcome}`).join(', ') ||
      'nothing was unsettled';
    const outcome = recovery.failure || recovery.agrees === false ? 'failed' : 'done';
    await audit.after({ environment, action: 'recovered', detail, outcome });
    return recovery;
  });
}

/** The ring, whose store is opened once a key has to be read: a locked keychain is no reason to leave anything unsettled. */
function ringOf(workspace: Workspace): RingPort {
  const { ringNotes } = workspace;
  return {
    list: () => ringNotes.list(),
    activate: (fingerprint, seen) => ringNotes.activate(fingerprint, seen),
    load: (fingerprint) => loadKey(workspace, fingerprint),
  };
}
