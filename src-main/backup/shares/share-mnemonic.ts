import type { WordMistake } from '#contract/backup';
import { hasRightChecksum } from './slip39/checksum.ts';
import { decodeShare, type Slip39Share } from './slip39/mnemonic.ts';
import { slip39Words } from './slip39/words.ts';
import { findWords, indexOfWord, positions, splitWords, wordList } from '#backup/word-list';
import { findSlip } from '#backup/word-slip';

/** What one SLIP-39 mnemonic says of itself. Its value is a secret, and the reader's to wipe. */
export interface Share extends Slip39Share {
  /** Counted from 1. */
  readonly number: number;
  readonly setId: string;
  /** Equal for all that can be combined. */
  readonly kin: string;
}

export type ReadShare =
  | { readonly share: Share }
  | { readonly message: string; readonly words?: readonly WordMistake[] };

/** 40 bits of header, 256 of the key, 4 of padding and 30 of checksum, 10 a word (SLIP-0039, “Format of the share mnemonic”). */
export const shareWordCount = 33;
const shortestShare = 20;

/** The words that shares are written in. */
export const shareWords = wordList(slip39Words);

/**
 * The shares in a text, one text each with the comments above it: a new one begins at an empty line, at a comment, and after as many words as
 * a share has. A text without words is one share too, which cannot be read.
 */
export function shareTexts(text: string): string[] {
  const parts: { readonly lines: string[]; words: number }[] = [];
  let part: (typeof parts)[number] | undefined;
  for (const line of text.split(/\r?\n/)) {
    const isBreak = /^\s*(#|$)/.test(line);
    if (!part || part.words >= (isBreak ? shortestShare : shareWordCount))
      parts.push((part = { lines: [], words: 0 }));
    part.lines.push(line);
    part.words += splitWords(line).length;
  }
  const full = parts.filter(({ words }) => words > 0).map(({ lines }) => lines.join('\n'));
  return full.length > 1 ? full.flatMap(cutByCount) : cutByCount(text);
}

/** Several shares on one line: cut where each has as many words as it should. */
function cutByCount(text: string): string[] {
  const words = splitWords(text);
  if (words.length <= shareWordCount || words.length % shareWordCount !== 0) return [text];
  const starts = Array.from({ length: words.length / shareWordCount }, (_, at) => at * shareWordCount);
  return starts.map((from) => words.slice(from, from + shareWordCount).join(' '));
}

/** Whether a text is hardly made of the words of shares: a note next to them, not a damaged one. */
export function isOtherText(text: string): boolean {
  const words = splitWords(text);
  return 2 * words.filter((word) => indexOfWord(shareWords, word) !== undefined).length < words.length;
}

/** Reads the words of one share, or tells what is wrong with them; no message holds a word. */
export function readShare(text: string): ReadShare {
  const typed = splitWords(text);
  const { length } = typed;
  if (length === 0) return { message: 'it contains no words' };
  if (length > 2 * shareWordCount) return { message: `it contains ${length} words; a share has 33` };
  const { indices, mistakes } = findWords(shareWords, typed);
  if (mistakes.length > 0) {
    const unlisted = `${positions(mistakes)} ${mistakes.length === 1 ? 'is' : 'are'} not in the word list`;
    return {
      message: length === shareWordCount ? unlisted : `there are ${length} words, not 33, and ${unlisted}`,
      words: mistakes,
    };
  }
  if (length >= shortestShare && hasRightChecksum(indices)) return decode(indices);
  const slip = findSlip(
    indices,
    (candidate) => (candidate.length === shareWordCount && hasRightChecksum(candidate) ? 'sound' : undefined),
    'sound',
    slip39Words.length,
  );
  if (slip) return { message: slip };
  if (length !== shareWordCount) return { message: `there are ${length} words, not 33` };
  return { message: 'each word is in the list, but their checksum does not match: several are wrong' };
}

function decode(indices: readonly number[]): ReadShare {
  const share = decodeShare(indices);
  if (!share) return { message: 'its checksum is correct, but its contents are not valid for a share' };
  return { share: { ...share, number: share.memberIndex + 1, setId: setIdOf(share), kin: kinOf(share) } };
}

/** Whether a text is one whole share. */
export function isShare(text: Buffer): boolean {
  const indices = splitWords(text.toString('utf8')).map((word) => indexOfWord(shareWords, word));
  const { length } = indices;
  if (length < shortestShare || length > 2 * shareWordCount || !indices.every((index) => index !== undefined))
    return false;
  const share = hasRightChecksum(indices) ? decodeShare(indices) : undefined;
  share?.value.fill(0);
  return share !== undefined;
}

/** Four hex digits that the shares of one set have in common, and those of others only by chance. */
export function setIdOf({ identifier }: Slip39Share): string {
  return identifier.toString(16).padStart(4, '0');
}

function kinOf(share: Slip39Share): string {
  const { identifier, isExtendable, iterationExponent, groupThreshold, groupCount, memberThreshold } = share;
  return [
    identifier,
    isExtendable,
    iterationExponent,
    groupThreshold,
    groupCount,
    groupCount === 1 ? memberThreshold : 0,
    share.value.length,
  ].join(' ');
}
