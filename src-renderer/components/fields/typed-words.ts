/** Recovery words as they are typed into their fields. Pure. */

export const wordCount = 24;

export const noWords: readonly string[] = Array.from({ length: wordCount }, () => '');

/** Words of the list that begin so; none for what is a whole word already. */
export function completionsOf(list: readonly string[], typed: string, max = 5): string[] {
  const start = typed.trim().toLowerCase();
  if (start === '') return [];
  const found = list.filter((word) => word.startsWith(start)).slice(0, max);
  return found.length === 1 && found[0] === start ? [] : found;
}

/** Whether no word of the list can become of this. */
export function isOffList(list: readonly string[], typed: string): boolean {
  const start = typed.trim().toLowerCase();
  return start !== '' && list.length > 0 && !list.some((word) => word.startsWith(start));
}

/**
 * What was pasted or typed into a field as words, in it and the fields after it; undefined where it is no more than one. The
 * numbers of a printed list do not count.
 */
export function spread(words: readonly string[], at: number, text: string): string[] | undefined {
  const pasted = text
    .toLowerCase()
    .replace(/^\s*#.*$/gm, ' ')
    .split(/[\s,;]+/)
    .map((word) => word.replace(/^\d+[.:)]?/, ''))
    .filter((word) => word !== '');
  if (pasted.length < 2) return undefined;
  // a whole set begins at the first field, wherever it was pasted
  const from = pasted.length >= words.length ? 0 : at;
  return words.map((word, place) => pasted[place - from] ?? word);
}

/** How many fields are still empty, as the status line says it. */
export function missingWords(words: readonly string[]): string | undefined {
  const empty = words.filter((word) => word.trim() === '').length;
  if (empty === 0) return undefined;
  if (empty === words.length) return `Type or paste the ${wordCount} words`;
  return empty === 1 ? 'One word is missing' : `${empty} words are missing`;
}
