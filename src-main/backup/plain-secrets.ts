import { wordlist } from '@scure/bip39/wordlists/english.js';
import { keyLength } from '#crypto/encryption-key';
import { shareWords } from './shares/share-mnemonic.ts';
import { indexOfWord, splitWords, type WordList, wordList } from './word-list.ts';

/** So many words of a list in a row are no sentence. */
const wordsInARow = 8;

/** What is a secret wherever it appears: identities of age, and addresses and settings with a password in them. */
const wordings = [
  /AGE-SECRET-KEY-/i,
  /-----BEGIN [A-Z ]*(?:PRIVATE KEY|AGE ENCRYPTED)/,
  /[a-z][a-z0-9+.-]*:\/\/[^\s/@:]*:[^\s/@]+@/i,
  /\b(?:pass(?:word|phrase|wd)?|pwd|secret|token|encryption_key)\s*[=:]\s*\S/i,
];

/**
 * Whether a text that is to be read by anybody has what looks like a secret in it: a key in base64 or hex, words of a backup, a
 * password in an address or a setting. A password that is written as it is cannot be distinguished from a word.
 */
export function holdsSecret(text: string): boolean {
  if (wordings.some((wording) => wording.test(text))) return true;
  if (text.split(/[\s"'`,;]+/).some(isKey)) return true;
  return [wordList(wordlist), shareWords].some((list) => hasRun(list, splitWords(text)));
}

function isKey(word: string): boolean {
  const bare = word.replace(/^.*?=(?=.)/, '');
  if (/^[0-9a-f]{64}$/i.test(bare)) return true;
  return /^[A-Za-z0-9+/_-]{43}=?$/.test(bare) && Buffer.from(bare, 'base64url').length === keyLength;
}

function hasRun(list: WordList, words: readonly string[]): boolean {
  let run = 0;
  return words.some((word) => {
    run = indexOfWord(list, word) === undefined ? 0 : run + 1;
    return run >= wordsInARow;
  });
}
