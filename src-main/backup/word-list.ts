import type { WordMistake } from '#contract/backup';
import { enumerated } from '#shared/enumerated';

/** A list of words as the standards have them: sorted, each told apart from all others by its first four letters. */
export interface WordList {
  readonly words: readonly string[];
  readonly indexOf: ReadonlyMap<string, number>;
  /** By the first four letters. */
  readonly byStart: ReadonlyMap<string, number>;
}

export function wordList(words: readonly string[]): WordList {
  return {
    words,
    indexOf: new Map(words.map((word, index) => [word, index])),
    byStart: new Map(words.map((word, index) => [word.slice(0, 4), index])),
  };
}

/**
 * The words in a text that was typed or copied: comments, bullets, quotes, commas, case and spacing do not matter. Where each has its
 * number, the numbers say their order: text that is copied out of columns comes row by row.
 */
export function splitWords(text: string): string[] {
  const tokens = text
    .normalize('NFKD')
    .replace(/^\s*#.*$/gm, ' ')
    // what copying from a PDF or a page brings along
    .replace(/[\u00ad\u200b-\u200d\ufeff]/g, '')
    .toLowerCase()
    .split(/[\s,;|]+/);
  const found: { readonly word: string; readonly number: number | undefined }[] = [];
  let before: number | undefined;
  for (const token of tokens) {
    const [, digits, word = ''] = /^[^\p{L}\d]*(\d*)[^\p{L}\d]*(.*?)[^\p{L}\d]*$/u.exec(token) ?? [];
    const number = digits ? Number(digits) : before;
    if (word === '') before = number;
    else {
      found.push({ word, number });
      before = undefined;
    }
  }
  const isNumbered = new Set(found.map(({ number }) => number)).size === found.length;
  const inOrder =
    isNumbered && found.every(({ number }) => number !== undefined && number >= 1 && number <= found.length)
      ? found.toSorted((a, b) => Number(a.number) - Number(b.number))
      : found;
  return inOrder.map(({ word }) => word);
}

/**
 * The words as their places in the list, and those that are not in it. The first four letters of a word stand for it, and more
 * of them as far as they are right.
 */
export function findWords(
  list: WordList,
  typed: readonly string[],
): { readonly indices: readonly number[]; readonly mistakes: readonly WordMistake[] } {
  const indices: number[] = [];
  const mistakes: WordMistake[] = [];
  for (const [at, word] of typed.entries()) {
    const index = indexOfWord(list, word);
    if (index === undefined) {
      // a long token is no word, and nothing to compare letter by letter
      const known = word.length <= 24;
      mistakes.push({
        position: at + 1,
        typed: known ? word : `${word.slice(0, 23)}…`,
        suggestions: known ? nearestWords(list, word) : [],
      });
    } else indices.push(index);
  }
  return { indices, mistakes };
}

/** Its place in the list; its first four letters are enough of it. */
export function indexOfWord({ words, indexOf, byStart }: WordList, word: string): number | undefined {
  const exact = indexOf.get(word);
  if (exact !== undefined || word.length < 4) return exact;
  const index = byStart.get(word.slice(0, 4));
  return index !== undefined && words[index]?.startsWith(word) ? index : undefined;
}

/** Up to three words that are at most two slips of the hand away. */
function nearestWords({ words }: WordList, typed: string): string[] {
  return words
    .map((word) => ({ word, slips: slipsBetween(typed, word) }))
    .filter(({ slips }) => slips <= 2)
    .sort((a, b) => a.slips - b.slips || a.word.localeCompare(b.word))
    .slice(0, 3)
    .map(({ word }) => word);
}

/** Letters left out, put in, changed, or swapped with their neighbour (optimal string alignment). */
function slipsBetween(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    const above = rows[i - 1] as number[];
    for (let j = 1; j <= b.length; j++) {
      const changed = (above[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let least = Math.min((above[j] as number) + 1, (row[j - 1] as number) + 1, changed);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, (rows[i - 2]?.[j - 2] as number) + 1);
      }
      row.push(least);
    }
    rows.push(row);
  }
  return rows[a.length]?.[b.length] as number;
}

/** `word 7` or `words 7, 9 and 11`, for messages. */
export function positions(mistakes: readonly { readonly position: number }[]): string {
  const numbers = mistakes.map(({ position }) => position);
  if (numbers.length === 1) return `word ${numbers[0]}`;
  if (numbers.length > 6) return `${numbers.length} words`;
  return `words ${enumerated(numbers)}`;
}
