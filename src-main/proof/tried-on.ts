import type { TriedOn } from '#workspace/replace-active-key';
import { columnPath } from '#shared/column-path';
import type { Proof } from './prove.ts';

/**
 * What two keys decrypt of the same values, for the question which of them is the active one. Excluded columns are included: what is
 * excluded is the window's to say.
 */
export function triedOn(
  by: { readonly to: Proof; readonly from?: Proof | undefined },
  { sampled }: { readonly sampled: boolean },
): TriedOn {
  const withValues = by.to.columns.filter(({ rows }) => rows > 0);
  return {
    places: withValues.map(({ entry }) => columnPath(entry)),
    values: withValues.reduce((sum, { rows }) => sum + rows, 0),
    sampled,
    decrypts: { to: openedOf(by.to), from: by.from && openedOf(by.from) },
  };
}

/** How many values a key decrypts, those that are too short to tell included. */
export function openedOf({ columns }: Pick<Proof, 'columns'>): number {
  return columns.reduce((sum, { proven, inconclusive }) => sum + proven + inconclusive, 0);
}
