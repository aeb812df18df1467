import type { ActivityEntry } from '#contract/app';

/** Writes to the activity log; durable when it returns. */
export type NoteActivity = (entry: Omit<ActivityEntry, 'at'>) => Promise<void>;
