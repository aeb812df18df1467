import type { UseCaseContext } from '#workspace/use-case';
import { gestureMissing } from './gesture-missing.ts';
import type { Native } from './native.ts';

export interface HeldPorts {
  readonly native: Pick<Native, 'protectContent'>;
  /** Whether a secret may be shown at this moment. */
  readonly isGestureHeld: () => boolean;
}

/**
 * Shows what `reveal` gives, which asks `confirm` before it notes that: only while something is held, before and after the log was
 * written. Throws `gesture-missing`, and what `reveal` does: then nothing may be shown.
 */
export async function shownWhileHeld<T>(
  { native, isGestureHeld }: HeldPorts,
  reveal: (confirm: UseCaseContext['confirm']) => Promise<T>,
): Promise<T> {
  // opening a sealed file takes longer than many a press
  const assertHeld = () => {
    if (!isGestureHeld()) throw gestureMissing();
  };
  const shown = await reveal(async () => assertHeld());
  assertHeld();
  native.protectContent(true);
  return shown;
}
