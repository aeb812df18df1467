import type { NoteActivity } from './note-activity.ts';
import { type HeldPorts, shownWhileHeld } from './while-held.ts';

export interface RevealPorts extends HeldPorts {
  readonly note: NoteActivity;
}

/**
 * Lets the secret that `entry` names be shown: noted first, and only while something is held, before and after the log was
 * written. Throws `gesture-missing`, and what keeps the log from being written: then nothing may be shown.
 */
export async function allowReveal(
  { note, ...ports }: RevealPorts,
  entry: Omit<Parameters<NoteActivity>[0], 'outcome'>,
): Promise<void> {
  await shownWhileHeld(ports, async (assertHeld) => {
    await assertHeld();
    await note({ ...entry, outcome: 'done' });
  });
}
