import { gestureMissing } from './gesture-missing.ts';
import type { Native } from './native.ts';
import type { NoteActivity } from './note-activity.ts';

export interface RevealPorts {
  readonly native: Pick<Native, 'protectContent'>;
  readonly note: NoteActivity;
  /** Whether a secret may be shown at this moment. */
  readonly isGestureHeld: () => boolean;
}

/**
 * Lets the secret that `entry` names be shown: noted first, and only while something is held, before and after the log was
 * written. Throws `gesture-missing`, and what keeps the log from being written: then nothing may be shown.
 */
export async function allowReveal(
  { native, note, isGestureHeld }: RevealPorts,
  entry: Omit<Parameters<NoteActivity>[0], 'outcome'>,
): Promise<void> {
  // opening a sealed file takes longer than many a press
  if (!isGestureHeld()) throw gestureMissing();
  await note({ ...entry, outcome: 'done' });
  if (!isGestureHeld()) throw gestureMissing();
  native.protectContent(true);
}
