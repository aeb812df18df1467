import type { DrillResult } from '#contract/backup';
import { asSentence } from '../../../components/format.ts';
import { whoseInWords } from '../../../components/known-key-text.ts';

/** What a drill came to, in words. Pure. */
export interface DrillWords {
  readonly tone: 'good' | 'stop';
  readonly title: string;
  readonly says: string;
  readonly remedy: string;
}

type Break = Extract<DrillResult, { result: 'invalid' }>['breaksAt'];

const places: Readonly<Record<Break, string>> = {
  file: 'file',
  picture: 'image',
  armor: 'file format',
  header: 'header',
  passphrase: 'passphrase',
  identity: 'identity',
  payload: 'content',
  text: 'text inside',
  key: 'key inside',
  words: 'words',
  shares: 'shares',
};

/**
 * `message` and `remedy` of the main process are lowercase fragments; `what` is a file's name, or what to call the words. Undefined
 * where the screen was left meanwhile, and only the result is known.
 */
export function drillInWords(result: DrillResult, what = 'the backup'): DrillWords {
  switch (result.result) {
    case 'correct':
      return {
        tone: 'good',
        title: 'Backup tested: the key was restored.',
        says: `It was restored from ${what} alone. Its fingerprint is ${result.fingerprint}.`,
        remedy: keepingOf(result),
      };
    case 'wrong':
      return {
        tone: 'stop',
        title: 'This is a different key.',
        says: `${capital(what)} restored key ${result.fingerprint}; key ${result.expected} was expected. ${whoseInWords(result.known)}`,
        remedy: result.mayLackPassphrase
          ? 'If another tool made the shares with a passphrase, enter it and try again. Otherwise, use the shares of this key.'
          : 'Use a backup of this key, or create a new one while you still have the key.',
      };
    case 'invalid':
      return {
        tone: 'stop',
        title: 'The test restore failed.',
        says: `Could not restore the key from ${what} (${places[result.breaksAt]}): ${result.message}.`,
        remedy: asSentence(result.remedy),
      };
  }
}

function keepingOf({ shares }: Extract<DrillResult, { result: 'correct' }>): string {
  if (shares)
    return `Each of the ${shares.length} shares is valid. Give them to their holders, and keep no two together.`;
  return 'Keep it and what unlocks it in separate places, not only on this machine.';
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
