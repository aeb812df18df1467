import { KeelError } from '#errors/keel-error';

/** Why a secret stays hidden: nothing is held down, or not any more. */
export function gestureMissing(): KeelError {
  return new KeelError(
    'gesture-missing',
    'a secret is shown only while a button or key is held down; nothing was shown',
    'press and hold the button',
  );
}
