import type { AuditEntry } from '#audit/audit';

/** Writes to the activity log; durable when it returns. */
export type NoteActivity = (entry: AuditEntry) => Promise<void>;

/**
 * Notes what has happened and cannot be taken back. A log that cannot be written must not make it look undone, so this
 * never throws.
 */
export async function noteEffect(note: NoteActivity, entry: Parameters<NoteActivity>[0]): Promise<void> {
  await note(entry).catch(() => undefined);
}
