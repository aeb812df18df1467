/** What can be chosen in the palette. */
export interface Choice {
  readonly id: string;
  readonly group: string;
  readonly title: string;
  /** Further words under which it is found. */
  readonly words?: string;
  readonly shortcut?: string | undefined;
  readonly run: () => void;
}

/** The choices that hold every typed word, those whose title begins with the first of them in front. */
export function search(choices: readonly Choice[], typed: string): readonly Choice[] {
  const wanted = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const [first = ''] = wanted;
  const found = choices.filter(({ title, group, words = '' }) => {
    const text = `${title} ${group} ${words}`.toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
  const rank = ({ title }: Choice) => (title.toLowerCase().startsWith(first) ? 0 : 1);
  return found.toSorted((one, other) => rank(one) - rank(other));
}
