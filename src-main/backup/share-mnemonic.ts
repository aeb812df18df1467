import type { WordMistake } from './artefact-break.ts';
import { findWords, positions, splitWords, type WordList } from './word-list.ts';
import { findSlip } from './word-slip.ts';

/** What one SLIP-39 mnemonic says of itself. Numbers are counted from 1. */
export interface Share {
  /** The words as the list has them. A secret. */
  readonly mnemonic: string;
  /** Equal for the shares of one set, and for no others but by chance: four hex digits. */
  readonly setId: string;
  /** Equal for all that can be combined. */
  readonly kin: string;
  /** Base-2 logarithm of what it asks of PBKDF2, in 10 000 rounds. */
  readonly iterationExponent: number;
  readonly group: number;
  readonly groupThreshold: number;
  readonly member: number;
  readonly memberThreshold: number;
}

export type ReadShare =
  | { readonly share: Share }
  | { readonly message: string; readonly words?: readonly WordMistake[] };

/** 40 bits of header, 256 of the key, 4 of padding and 30 of checksum, 10 a word (SLIP-0039, “Format of the share mnemonic”). */
export const shareWordCount = 33;
const shortestShare = 20;
const listLength = 1024;

/** Reads the words of one share, or tells what is wrong with them; no message holds a word. */
export function readShare(list: WordList, text: string): ReadShare {
  const typed = splitWords(text);
  const { length } = typed;
  if (length === 0) return { message: 'it holds no words' };
  if (length > 2 * shareWordCount) return { message: `it holds ${length} words; a share has 33` };
  const { indices, mistakes } = findWords(list, typed);
  if (mistakes.length > 0) {
    const unlisted = `${positions(mistakes)} ${mistakes.length === 1 ? 'is' : 'are'} not in the list of words`;
    return {
      message: length === shareWordCount ? unlisted : `there are ${length} words, not 33, and ${unlisted}`,
      words: mistakes,
    };
  }
  if (length >= shortestShare && isSound(indices)) return { share: decode(list, indices) };
  const slip = findSlip(
    indices,
    (candidate) => (candidate.length === shareWordCount && isSound(candidate) ? 'sound' : undefined),
    'sound',
    listLength,
  );
  if (slip) return { message: slip };
  if (length !== shareWordCount) return { message: `there are ${length} words, not 33` };
  return { message: 'each word is in the list, but their checksum does not fit: several are wrong' };
}

function decode({ words }: WordList, indices: readonly number[]): Share {
  const [first = 0, second = 0, third = 0, fourth = 0] = indices;
  const name = (first << 10) | second;
  const place = (third << 10) | fourth;
  const nibble = (shift: number) => (place >> shift) & 15;
  const memberThreshold = nibble(0) + 1;
  const groupCount = nibble(8) + 1;
  const groupThreshold = nibble(12) + 1;
  return {
    mnemonic: indices.map((index) => words[index]).join(' '),
    setId: (name >> 5).toString(16).padStart(4, '0'),
    kin: [name, groupThreshold, groupCount, groupCount === 1 ? memberThreshold : 0, indices.length].join(' '),
    iterationExponent: name & 15,
    group: nibble(16) + 1,
    groupThreshold,
    member: nibble(4) + 1,
    memberThreshold,
  };
}

/** The Reed–Solomon checksum RS1024, which no three wrong words pass. */
function isSound(indices: readonly number[]): boolean {
  const isExtendable = ((indices[1] as number) >> 4) & 1;
  const customization = isExtendable ? 'shamir_extendable' : 'shamir';
  let checksum = 1;
  const take = (value: number) => {
    const top = checksum >> 20;
    checksum = ((checksum & 0xfffff) << 10) ^ value;
    for (let i = 0; i < 10; i++) if ((top >> i) & 1) checksum ^= generator[i] as number;
  };
  for (let i = 0; i < customization.length; i++) take(customization.charCodeAt(i));
  for (const index of indices) take(index);
  return checksum === 1;
}

const generator = [
  0xe0e040, 0x1c1c080, 0x3838100, 0x7070200, 0xe0e0009, 0x1c0c2412, 0x38086c24, 0x3090fc48, 0x21b1f890,
  0x3f3f120,
];
