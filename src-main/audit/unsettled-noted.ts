import { KeelError } from '#errors/keel-error';
import type { Audit, AuditEntry } from './audit.ts';

/** Notes `entry` as failed where work ends without anybody knowing what it changed (`commit-unsettled`). What it throws is thrown on. */
export async function unsettledNoted<T>(
  audit: Audit,
  entry: Omit<AuditEntry, 'outcome'>,
  work: Promise<T>,
): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof KeelError && error.code === 'commit-unsettled')
      await audit.after({ ...entry, outcome: 'failed' });
    throw error;
  }
}
