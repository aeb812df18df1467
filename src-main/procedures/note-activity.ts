import type { ActivityEntry } from '#contract/app';

/** Writes to the activity log; durable when it returns. */
export type NoteActivity = (entry: Omit<ActivityEntry, 'at'>) => Promise<void>;

/**
 * Notes what has happened and cannot be taken back. A log that cannot be written must not make it look undone, so this
 * never throws.
 */
export async function noteEffect(note: NoteActivity, entry: Parameters<NoteActivity>[0]): Promise<void> {
  await note(entry).catch(() => undefined);
}
