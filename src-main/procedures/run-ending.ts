import type { RotationResult } from '#contract/rotation';
import { KeelError } from '#errors/keel-error';
import { noteEffect, type NoteActivity } from './note-activity.ts';
import { proofOf } from './rotation-plan.ts';
import type { Workspace } from './workspaces.ts';

export interface EndingPorts {
  readonly note: NoteActivity;
  readonly changed: () => void;
}

/** What may rewrite rows, or settles what did, as the activity log calls it. */
type Run = 'rotation' | 'undo' | 'rewriting of stragglers' | 'recovery';

/** Runs it. However it ends, the window is told to look again; what it throws is noted, and thrown on. */
export async function endingTold<T>(
  { note, changed }: EndingPorts,
  { environment, run }: { readonly environment: string; readonly run: Run },
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = error instanceof KeelError ? error.code : 'internal';
    const ending = code === 'rotation-unsettled' ? 'not settled' : 'broke off';
    await noteEffect(note, { environment, action: `${run} ${ending}`, detail: code, outcome: 'failed' });
    throw error;
  } finally {
    changed();
  }
}

/**
 * Notes what was committed, for the screens and the log. It stands in the database, the key ring and the rotation's
 * record by now, so a disk that is full here must not make it look undone.
 */
export async function rememberCommitted(
  workspace: Workspace,
  note: NoteActivity,
  { result, excluded }: { readonly result: RotationResult; readonly excluded?: string[] },
  action: string,
): Promise<void> {
  const detail = `${result.from} to ${result.to}: ${result.rows} rows, compared before commit`;
  await Promise.allSettled([
    workspace.change({ lastResult: result, proof: proofOf(result), ...(excluded && { excluded }) }),
    note({ environment: workspace.id, action, detail, outcome: 'done', fingerprint: result.to }),
  ]);
}
