/** How the values of a column were judged. */
interface Judged {
  readonly proven: number;
  /** Too short to tell: the key decrypts them, which proves nothing. */
  readonly inconclusive: number;
}

/** How many values a key opens: those that prove it, and those that do not count against it. */
export function openedOf({ proven, inconclusive }: Judged): number {
  return proven + inconclusive;
}

/** The values of several columns together, and how many of them a key opens. */
export function openedIn(columns: readonly (Judged & { readonly rows: number })[]): {
  opened: number;
  values: number;
} {
  return {
    opened: columns.reduce((sum, column) => sum + openedOf(column), 0),
    values: columns.reduce((sum, { rows }) => sum + rows, 0),
  };
}
