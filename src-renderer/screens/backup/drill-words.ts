import type { DrillResult } from '#contract/backup';

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

/** `message` and `remedy` of the main process are lowercase fragments. */
export function drillInWords(result: DrillResult, file: string): DrillWords {
  switch (result.result) {
    case 'correct':
      return {
        tone: 'good',
        title: 'The backup gives the key back.',
        says: `It was restored from ${file} and its passphrase, and from nothing else. Its fingerprint is ${result.fingerprint}.`,
        remedy: 'Keep the file and the passphrase in different places, neither of them this machine alone.',
      };
    case 'wrong':
      return {
        tone: 'stop',
        title: 'This file holds another key.',
        says: `${file} gave ${result.fingerprint} back, and ${result.expected} was expected.`,
        remedy: 'Choose the file of this key, or make a new backup while the key is at hand.',
      };
    case 'invalid':
      return {
        tone: 'stop',
        title: 'This backup gives no key back.',
        says: `Restoring from ${file} broke off ${places[result.breaksAt]}: ${result.message}.`,
        remedy: sentence(result.remedy),
      };
  }
}

function sentence(text: string): string {
  const capital = `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
  return capital.endsWith('.') ? capital : `${capital}.`;
}

/** The last part of a path, for sentences. */
export function fileName(path: string): string {
  return path.split(/[/\\]/).at(-1) ?? path;
}
