import { text as said } from '#errors/text';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { dearmor, isArmored } from './age/age-armor.ts';
import { type Broken, broken } from './artefact-break.ts';
import { type ArtefactText, readArtefactText } from './artefact-text.ts';
import { textOf } from '#storage/text-encoding';
import { isPictureFile } from './pictures/picture-file.ts';
import { recoveryWordCount } from './recovery-words.ts';
import { isShare, shareTexts, shareWordCount, shareWords } from './shares/share-mnemonic.ts';
import { indexOfWord, splitWords, type WordList, wordList } from './word-list.ts';

/** What a text is by its content, and what an age file has to be opened with. */
export type DetectedForm =
  | { readonly form: 'age-file'; readonly sealedTo: 'passphrase' | 'recipients' }
  /** A photo or a scan, whatever is on it; its code is sealed under a passphrase. */
  | { readonly form: 'paper' }
  | { readonly form: 'words' }
  /** One share, or several in one text: `shares` is opened from them. */
  | { readonly form: 'share' };

/**
 * Tells the form of an artefact from its content, well enough to know what else to ask for; whether it is whole and right is
 * for `openArtefact` to say. A damaged one is still taken for what it most likely was.
 */
export async function detectForm(source: ArtefactText): Promise<DetectedForm | Broken> {
  if ('path' in source && (await isPictureFile(source.path))) return { form: 'paper' };
  const file = await readArtefactText(source);
  if ('broken' in file) return file;
  const { bytes } = file;
  try {
    const start = bytes.subarray(0, 64).toString('latin1');
    if (start.startsWith('age-encryption.org/') || isArmored(bytes)) {
      const header = await dearmor(bytes);
      const isScrypt =
        !header || Buffer.from(header.subarray(0, 64)).toString('latin1').includes('\n-> scrypt ');
      return { form: 'age-file', sealedTo: isScrypt ? 'passphrase' : 'recipients' };
    }
    return detectWords(textOf(bytes) ?? bytes.toString('utf8'));
  } finally {
    bytes.fill(0);
  }
}

function detectWords(text: string): DetectedForm | Broken {
  if (/^\s*(export\s+)?ENCRYPTION_KEY=/m.test(text)) {
    return broken(
      'file',
      'it contains the key itself in plain text, and is not a backup',
      said`${{ do: 'give-as-own-key' }}`,
    );
  }
  const typed = splitWords(text);
  const words = known(wordList(wordlist), typed);
  const share = known(shareWords, typed);
  if (typed.length >= 6 && typed.length <= 2 * shareWordCount && 2 * Math.max(words, share) >= typed.length) {
    if (words !== share) return { form: words > share ? 'words' : 'share' };
    const isNearerToWords = typed.length < (recoveryWordCount + shareWordCount) / 2;
    return { form: isNearerToWords ? 'words' : 'share' };
  }
  if (shareTexts(text).filter((one) => isShare(Buffer.from(one))).length > 1) return { form: 'share' };
  return broken(
    'file',
    'it is neither an age file nor recovery words nor a share',
    'use the file that Keel, age or a SLIP-39 tool wrote',
  );
}

/** How many of the words are in a list. */
function known(list: WordList, typed: readonly string[]): number {
  return typed.filter((word) => indexOfWord(list, word) !== undefined).length;
}
