import type { ReactNode } from 'react';

/** What can be chosen in the palette. */
export interface Choice {
  readonly id: string;
  readonly group: string;
  readonly title: string;
  /** Further words under which it is found. */
  readonly words?: string;
  readonly shortcut?: string | undefined;
  /** In front of its title. */
  readonly mark?: ReactNode;
  readonly run: () => void;
}

/**
 * The choices that hold every typed word, those whose title begins with the first of them in front. Where none does, those that hold
 * a word like each of them: with a letter more, less, changed or swapped.
 */
export function search(choices: readonly Choice[], typed: string): readonly Choice[] {
  const wanted = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const [first = ''] = wanted;
  const textOf = ({ title, group, words = '' }: Choice) => `${title} ${group} ${words}`.toLowerCase();
  const exact = choices.filter((choice) => wanted.every((word) => textOf(choice).includes(word)));
  const found =
    exact.length > 0
      ? exact
      : choices.filter((choice) => {
          const there = textOf(choice).split(/[^\p{L}\p{N}]+/u);
          return wanted.every((word) => there.some((one) => isLike(word, one)));
        });
  const rank = ({ title }: Choice) => (title.toLowerCase().startsWith(first) ? 0 : 1);
  return found.toSorted((one, other) => rank(one) - rank(other));
}

/** Whether a word was probably meant by what was typed, which may be its beginning only. */
function isLike(typed: string, word: string): boolean {
  if (word.includes(typed)) return true;
  const slips = typed.length < 4 ? 0 : typed.length < 8 ? 1 : 2;
  if (slips === 0) return false;
  const lengths = Array.from({ length: 2 * slips + 1 }, (_, at) => typed.length - slips + at);
  return lengths.some((length) => distance(typed, word.slice(0, length)) <= slips);
}

/** How many letters have to be added, left out, changed or swapped with their neighbour (optimal string alignment). */
function distance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, at) => at)];
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      const above = rows[i - 1] as number[];
      let least = Math.min(
        (above[j] as number) + 1,
        (row[j - 1] as number) + 1,
        (above[j - 1] as number) + cost,
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, ((rows[i - 2] as number[])[j - 2] as number) + 1);
      row.push(least);
    }
    rows.push(row);
  }
  return (rows[a.length] as number[])[b.length] as number;
}
