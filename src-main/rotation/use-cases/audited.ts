import type { Audit } from '#audit/audit';
import type { RotationResult } from '#contract/rotation';
import { codeOf } from '#errors/keel-error';
import type { RotationRecord } from '#records/rotation-record';

/** What may rewrite rows, or settles what did, as the activity log calls it. */
type Run = 'rotation' | 'undo' | 'rewriting of stragglers' | 'recovery';

/** Runs it, and notes how it failed where it does. What it throws is thrown on. */
export async function failureNoted<T>(
  audit: Audit,
  { environment, run }: { readonly environment: string; readonly run: Run },
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = codeOf(error);
    const ending = code === 'rotation-unsettled' ? 'not settled' : 'broke off';
    await audit.after({ environment, action: `${run} ${ending}`, detail: code, outcome: 'failed' });
    throw error;
  }
}

const entries = {
  rotate: { run: 'rotation', done: 'key rotated', rehearsed: 'rotation rehearsed' },
  undo: { run: 'undo', done: 'rotation undone', rehearsed: 'undo rehearsed' },
  sweep: { run: 'rewriting of stragglers', done: 'stragglers rewritten', rehearsed: 'rotation rehearsed' },
} as const;

/**
 * Runs what rewrites rows, from the loading of its keys on, and notes what came of it. Of a rehearsal that fails nothing is noted:
 * nothing was going to be changed.
 */
export async function rewriteNoted(
  audit: Audit,
  about: {
    readonly environment: string;
    readonly purpose: RotationRecord['purpose'];
    readonly rehearsal: boolean;
  },
  work: () => Promise<RotationResult>,
): Promise<RotationResult> {
  const { environment, purpose, rehearsal } = about;
  const { run, done, rehearsed } = entries[purpose];
  if (rehearsal) {
    const result = await work();
    const detail = `${result.rows} rows, writers would wait ${result.lockMs} ms; rolled back`;
    await audit.after({ environment, action: rehearsed, detail, outcome: 'done', fingerprint: result.to });
    return result;
  }
  const result = await failureNoted(audit, { environment, run }, work);
  await audit.after({
    environment,
    action: done,
    detail: `${result.from} to ${result.to}: ${result.rows} rows, compared before commit`,
    outcome: 'done',
    fingerprint: result.to,
  });
  return result;
}
