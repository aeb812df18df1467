import type { Audit } from '#audit/audit';
import { KeelError } from '#errors/keel-error';

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
    const code = error instanceof KeelError ? error.code : 'internal';
    const ending = code === 'rotation-unsettled' ? 'not settled' : 'broke off';
    await audit.after({ environment, action: `${run} ${ending}`, detail: code, outcome: 'failed' });
    throw error;
  }
}
