import { gestureMissing } from './gesture-missing.ts';
import type { Press } from './consent/consent.ts';
import type { Native } from './native.ts';

export interface HeldPorts {
  readonly native: Pick<Native, 'protectContent'>;
  /** The press that was made for this secret. */
  readonly press: Press;
}

/**
 * Shows what `reveal` gives, which asks before it writes that to the log: only while something is held, before and after the log was
 * written. Throws `gesture-missing`, and what `reveal` does: then nothing may be shown.
 */
export async function shownWhileHeld<T>(
  { native, press }: HeldPorts,
  reveal: (assertHeld: () => Promise<void>) => Promise<T>,
): Promise<T> {
  // opening a sealed file takes longer than many a press
  const assertHeld = async () => {
    if (!press.isHeld()) throw gestureMissing();
  };
  const shown = await reveal(assertHeld);
  await assertHeld();
  native.protectContent(true);
  return shown;
}
