import type { DrillResult, KnownKey } from '#contract/backup';
import { asSentence, formatDay } from '../../../components/format.ts';

/** What a drill came to, in words. Pure. */
export interface DrillWords {
  readonly tone: 'good' | 'stop';
  readonly title: string;
  readonly says: string;
  readonly remedy: string;
}

type Break = Extract<DrillResult, { result: 'invalid' }>['breaksAt'];

const places: Readonly<Record<Break, string>> = {
  file: 'at the file itself',
  picture: 'at the picture',
  armor: 'at the file’s form',
  header: 'at its header',
  passphrase: 'at the passphrase',
  identity: 'at the identity',
  payload: 'in its content',
  text: 'in the text that it holds',
  key: 'at the key that it holds',
  words: 'at its words',
  shares: 'at its shares',
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
        title: 'The backup gives the key back.',
        says: `It was restored from ${what}, and from nothing else. Its fingerprint is ${result.fingerprint}.`,
        remedy: keepingOf(result),
      };
    case 'wrong':
      return {
        tone: 'stop',
        title: 'This is another key.',
        says: `${capital(what)} gave ${result.fingerprint} back, and ${result.expected} was expected. ${whoseInWords(result.known)}`,
        remedy: result.mayLackPassphrase
          ? 'If another tool made the shares with a passphrase, type it and try again. Otherwise take the shares of this key.'
          : 'Take the backup of this key, or make a new one while the key is at hand.',
      };
    case 'invalid':
      return {
        tone: 'stop',
        title: 'This backup gives no key back.',
        says: `Restoring from ${what} broke off ${places[result.breaksAt]}: ${result.message}.`,
        remedy: asSentence(result.remedy),
      };
  }
}

function keepingOf({ shares }: Extract<DrillResult, { result: 'correct' }>): string {
  if (shares)
    return `Each of the ${shares.length} shares is good. Give them to their holders, and keep no two together.`;
  return 'Keep it, and what opens it, in different places, neither of them this machine alone.';
}

/** Like `It is the retired key of Acme, since 12 Mar 2026.` */
export function whoseInWords(known: KnownKey | undefined): string {
  if (!known) return 'No key ring of this Keel knows it.';
  const since = known.since === undefined ? '' : `, since ${formatDay(known.since)}`;
  return `It is the ${known.state} key of ${known.environment}${since}.`;
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
