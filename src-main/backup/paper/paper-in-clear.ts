import { shareSteps, withKeel, wordsSteps } from './paper-steps.ts';
import type { Sheet } from './paper-sheet.ts';
import { inks } from './paper-type.ts';

export const wordsTitle = 'Recovery words';
export const wordsSubtitle =
  'The encryption key of this environment in 24 words. The words are the key, in plain text.';

export function drawWords(sheet: Sheet, words: readonly string[]): void {
  sheet.note(
    'Anyone who reads this sheet can read every credential of this environment: lock it away, and delete the file that it was printed from. These words are not a wallet seed. A wallet would accept them, find nothing, and have seen the key.',
  );
  sheet.words(words, 4, 30, 206);
  sheet.heading('Restore the key without Keel');
  sheet.steps(wordsSteps);
  sheet.paragraph(withKeel('type in the words'), { ink: inks.quiet });
}

export const shareTitle = 'Share of a key';
export const shareSubtitle = (count: number, needed: number) =>
  `One of ${count} shares of the encryption key of this environment. Any ${needed} of them restore it; fewer reveal nothing.`;

export function drawShare(sheet: Sheet, words: readonly string[], needed: number): void {
  sheet.note(
    'Keep this sheet to yourself, locked away and apart from the other shares, and tell the admin if it is lost. It is not a wallet seed.',
  );
  sheet.words(words, 3, 22, 186);
  sheet.heading('Restore the key without Keel');
  sheet.steps(shareSteps(needed));
  sheet.paragraph(withKeel('type in the shares'), { ink: inks.quiet });
}
