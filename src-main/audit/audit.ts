import type { ActivityEntry } from '#contract/app';
import type { AuditAction } from './audit-action.ts';

/** An entry as a use case writes it. No secret is in it. */
export interface AuditEntry extends Omit<ActivityEntry, 'at' | 'action'> {
  readonly action: AuditAction;
}

/** The activity log, as use cases write to it. */
export interface Audit {
  /**
   * Notes what is about to be done or shown; durable when it returns. Throws `file-unwritable` or `lock-timeout`, and then it
   * must not happen.
   */
  before(entry: AuditEntry): Promise<void>;
  /**
   * Notes what has happened and cannot be taken back. A log that cannot be written must not make it look undone, so this never
   * throws; whoever gave the log tells the admin.
   */
  after(entry: AuditEntry): Promise<void>;
}
