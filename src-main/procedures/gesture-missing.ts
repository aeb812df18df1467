import type { Asks } from '#contract/consent';
import { KeelError } from '#errors/keel-error';

type Missed = Extract<Asks, `press${string}` | 'held-press'>;

/** Why nothing was done: nothing was pressed for it, is held down, or not any more. */
export function gestureMissing(asked: Missed = 'held-press'): KeelError {
  return new KeelError('gesture-missing', ...words[asked]);
}

const words: Readonly<Record<Missed, readonly [message: string, remedy: string]>> = {
  press: [
    'each copy needs its own press of a button; nothing was copied',
    'press the button once for each copy',
  ],
  'held-press': [
    'a secret is shown only while a button or key is held, one secret per press; nothing was shown',
    'press and hold the button',
  ],
  'press-to-lessen': [
    'each of these changes needs its own press of a button; nothing was changed',
    'press the button again',
  ],
  'press-or-file': [
    'a key that does not come from a chosen file needs a press of a button; nothing was imported',
    'press the button that imports it',
  ],
};
