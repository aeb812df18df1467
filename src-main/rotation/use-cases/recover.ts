import type { UnaskingContext } from '#workspace/use-case';
import type { Workspace } from '#workspace/workspace';
import { type Recovery, settleRotations } from '#rotation/settle-rotations';
import { failureNoted } from './audited.ts';

/** Finds out what became of rotations that did not come to their end. See `settleRotations`. */
export async function recover(
  workspace: Workspace,
  { signal, onProgress, audit }: UnaskingContext<'recovery'>,
): Promise<Recovery> {
  const environment = workspace.id;
  return failureNoted(audit, { environment, run: 'recovery' }, async () => {
    const { keyRing } = await workspace.openKeys();
    const client = await (await workspace.database()).open('keel recover');
    onProgress({ step: 'recovery', done: 0 });
    try {
      const recovery = await settleRotations(client, { keyRing, records: workspace.records, signal });
      const detail =
        recovery.recovered.map(({ record, outcome }) => `${record.id} ${outcome}`).join(', ') ||
        'nothing was left open';
      await audit.after({ environment, action: 'recovered', detail, outcome: 'done' });
      return recovery;
    } finally {
      await client.end();
    }
  });
}
