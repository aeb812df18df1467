import type { AuditEntry } from '#audit/audit';

/** Writes to the activity log; durable when it returns. */
export type NoteActivity = (entry: AuditEntry) => Promise<void>;
