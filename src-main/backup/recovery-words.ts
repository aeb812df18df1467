import { createHash } from 'node:crypto';
import { entropyToMnemonic, mnemonicToEntropy } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { EncryptionKey } from '#crypto/encryption-key';
import { type Broken, broken } from './artefact-break.ts';
import { type ArtefactNotes, onOneLine } from './key-text.ts';
import { findWords, positions, splitWords, wordList } from './word-list.ts';
import { findSlip } from './word-slip.ts';

/** 256 bits and 8 of checksum, 11 a word (BIP-39). */
export const recoveryWordCount = 24;

const restoreCommand =
  `grep -v '^#' FILE | python3 -c "import sys,base64,mnemonic; print('ENCRYPTION_KEY='+base64.b64encode(` +
  `mnemonic.Mnemonic('english').to_entropy(sys.stdin.read().split())).decode())"`;
const english = wordList(wordlist);
const fromPaper = 'compare with the paper word by word, and type them again';

/**
 * The 32 bytes of a key as 24 words of BIP-39's English list, the last of which holds a checksum. An encoding of the key, not
 * its seed: whoever reads the words has the key. A reveal.
 */
export function toRecoveryWords(key: EncryptionKey): string[] {
  return entropyToMnemonic(key.raw, wordlist).split(' ');
}

/**
 * The key that 24 typed or copied words stand for, for the caller to dispose, or which of them cannot be right. Comments,
 * numbering, case and line breaks do not matter, and four letters are enough of a word. Where the words are all in the list and
 * still wrong, the fingerprint that is expected (or that a comment in the text names) tells which slip of the hand explains it.
 */
export function parseRecoveryWords(
  text: string,
  expectedFingerprint: string | undefined = namedFingerprint(text),
): { readonly key: EncryptionKey } | Broken {
  const typed = splitWords(text);
  const { length } = typed;
  if (length === 0) return broken('words', 'it contains no words', 'enter the 24 recovery words');
  if (length > 2 * recoveryWordCount) {
    return broken(
      'words',
      `it contains ${length} words, not 24`,
      'enter the 24 recovery words and nothing else',
    );
  }
  const { indices, mistakes } = findWords(english, typed);
  const miscounted = length === recoveryWordCount ? '' : countOff(length);
  if (mistakes.length > 0) {
    const unlisted = `${positions(mistakes)} ${mistakes.length === 1 ? 'is' : 'are'} not in the word list`;
    const { broken: report } = broken(
      'words',
      miscounted ? `${miscounted}, and ${unlisted}` : unlisted,
      fromPaper,
    );
    return { broken: { ...report, words: mistakes } };
  }
  if (!miscounted) {
    const key = decode(indices);
    if (key) return { key };
  }
  const slip = expectedFingerprint && findSlip(indices, fingerprintOfWords, expectedFingerprint);
  if (slip) return broken('words', slip, fromPaper);
  if (miscounted) return broken('words', miscounted, fromPaper);
  return broken(
    'words',
    'each word is in the list, but their checksum does not match: two are swapped, or one is the wrong word',
    fromPaper,
  );
}

function countOff(count: number): string {
  const off = recoveryWordCount - count;
  if ([12, 15, 18, 21].includes(count)) return `there are ${count} words: a key of 32 bytes has 24`;
  const size = Math.abs(off);
  return off > 0
    ? `there are ${count} words: ${size === 1 ? 'one is' : `${size} are`} missing`
    : `there are ${count} words: ${size === 1 ? 'one is' : `${size} are`} too many`;
}

function decode(indices: readonly number[]): EncryptionKey | undefined {
  try {
    // the library's bytes are its own allocation: taken over
    const bytes = mnemonicToEntropy(indices.map((index) => wordlist[index]).join(' '), wordlist);
    return new EncryptionKey(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  } catch {
    return undefined;
  }
}

/** Undefined where the checksum does not fit; quick, since tens of thousands of slips are tried. */
function fingerprintOfWords(indices: readonly number[]): string | undefined {
  if (indices.length !== recoveryWordCount) return undefined;
  const bits = Buffer.alloc(33);
  for (const [word, index] of indices.entries()) {
    for (let bit = 0; bit < 11; bit++) {
      const at = word * 11 + bit;
      if ((index >> (10 - bit)) & 1) bits[at >> 3] = (bits[at >> 3] as number) | (0x80 >> (at & 7));
    }
  }
  const entropy = bits.subarray(0, 32);
  try {
    if (createHash('sha256').update(entropy).digest()[0] !== bits[32]) return undefined;
    using key = new EncryptionKey(Buffer.from(entropy));
    return key.fingerprint;
  } finally {
    bits.fill(0);
  }
}

/** The fingerprint that an artefact's own comment names. */
function namedFingerprint(text: string): string | undefined {
  return /^# fingerprint: ([0-9a-f]{4}(?:-[0-9a-f]{4}){3})\s*$/m.exec(text)?.[1];
}

/**
 * The words as a text to keep: what they are, whose, and how to get the key back without Keel. The key in clear; the caller
 * wipes it.
 */
export function recoveryWordsText(key: EncryptionKey, { environment, createdAt }: ArtefactNotes): Buffer {
  const words = toRecoveryWords(key);
  const rows = [0, 6, 12, 18].map((start) => words.slice(start, start + 6).join(' '));
  return Buffer.from(
    [
      '# Recovery words of an encryption key, written by Keel',
      '# These words ARE the key, in plain text: anyone who reads them can read every credential.',
      '# They encode its 32 bytes with the word list and checksum of BIP-39 (English), and are not a wallet seed:',
      '# a wallet would accept them, find nothing, and have seen the key.',
      `# environment: ${onOneLine(environment)}`,
      `# fingerprint: ${key.fingerprint}`,
      `# written: ${createdAt.toISOString()}`,
      '#',
      '# To restore the key with Keel: keel backup restore --artefact FILE --database URL',
      '# Without Keel, on a machine that you trust (Python 3, package mnemonic):',
      `#   ${restoreCommand}`,
      '',
      ...rows,
      '',
    ].join('\n'),
  );
}
