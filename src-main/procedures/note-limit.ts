import { KeelError } from '#errors/keel-error';
import { currentCall } from './current-call.ts';
import type { NoteActivity } from './note-activity.ts';

/** So many entries a minute of one procedure without a press of the admin; a page that repeats itself must not fill the log. */
const mostPerMinute = 30;
const minuteMs = 60_000;

export interface NoteLimitOptions {
  readonly note: NoteActivity;
  /** How many real presses the window has had so far. */
  readonly presses: () => number;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
}

/** What calls of the window have noted since somebody pressed something. */
export interface NoteLimit {
  /** Writes an entry, and counts it for the call that it belongs to. */
  readonly note: NoteActivity;
  /** Throws `request-refused` where calls of this procedure have noted as much as they may: nothing of the next one was done. */
  readonly assertRoom: (procedure: string) => void;
}

export function createNoteLimit({ note, presses, now }: NoteLimitOptions): NoteLimit {
  const counts = new Map<string, number>();
  let since = now();
  let pressed = presses();
  return {
    note(entry) {
      const procedure = currentCall()?.procedure;
      if (procedure !== undefined) counts.set(procedure, (counts.get(procedure) ?? 0) + 1);
      return note(entry);
    },
    assertRoom(procedure) {
      if (now() - since >= minuteMs || presses() !== pressed) {
        counts.clear();
        since = now();
        pressed = presses();
      }
      if ((counts.get(procedure) ?? 0) < mostPerMinute) return;
      throw new KeelError(
        'request-refused',
        `this was done ${mostPerMinute} times within a minute, without a click or key press; it was not done again`,
        'wait a minute, or click or press a key first',
      );
    },
  };
}
