import { gestureMissing } from './gesture-missing.ts';
import type { Native } from './native.ts';

export interface HeldPorts {
  readonly native: Pick<Native, 'protectContent'>;
  /** Whether a secret may be shown at this moment. */
  readonly isGestureHeld: () => boolean;
}

/**
 * Shows what `reveal` gives, which asks before it writes that to the log: only while something is held, before and after the log was
 * written. Throws `gesture-missing`, and what `reveal` does: then nothing may be shown.
 */
export async function shownWhileHeld<T>(
  { native, isGestureHeld }: HeldPorts,
  reveal: (assertHeld: () => Promise<void>) => Promise<T>,
): Promise<T> {
  // opening a sealed file takes longer than many a press
  const assertHeld = async () => {
    if (!isGestureHeld()) throw gestureMissing();
  };
  const shown = await reveal(assertHeld);
  await assertHeld();
  native.protectContent(true);
  return shown;
}
