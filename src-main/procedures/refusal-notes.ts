import type { NoteActivity } from './note-activity.ts';

/** Writes refused requests to the activity log: what the app's own window would never send. */
export type NoteRefusal = (what: string, why: string) => void;

/** So many a minute are written out; a page that floods us must not fill the disk with its refusals. */
const maxPerMinute = 20;
const minuteMs = 60_000;

export interface RefusalOptions {
  readonly note: NoteActivity;
  /** Called where the log cannot be written. */
  readonly onFault: (error: unknown) => void;
  readonly now?: () => number;
}

export function createRefusalNotes({ note, onFault, now = () => Date.now() }: RefusalOptions): NoteRefusal {
  let minuteFrom = now();
  let count = 0;
  const write = (detail: string) => {
    note({ action: 'request refused', detail, outcome: 'refused' }).catch(onFault);
  };
  return (what, why) => {
    if (now() - minuteFrom >= minuteMs) {
      if (count > maxPerMinute) write(`${count - maxPerMinute} more within a minute`);
      minuteFrom = now();
      count = 0;
    }
    count++;
    if (count <= maxPerMinute) write(`${what}: ${why}`);
  };
}
