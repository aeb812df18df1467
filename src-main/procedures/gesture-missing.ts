import { KeelError } from '#errors/keel-error';

/** Why a secret stays where it is: nothing was pressed for it, is held down, or not any more. */
export function gestureMissing(asked: 'press' | 'held-press' = 'held-press'): KeelError {
  return asked === 'press'
    ? new KeelError(
        'gesture-missing',
        'each copy needs its own press of a button; nothing was copied',
        'press the button once for each copy',
      )
    : new KeelError(
        'gesture-missing',
        'a secret is shown only while a button or key is held, one secret per press; nothing was shown',
        'press and hold the button',
      );
}
