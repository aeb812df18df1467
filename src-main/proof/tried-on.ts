import { evidenceFor } from '#evidence/column-statistics';
import type { TriedOn } from '#workspace/replace-active-key';
import { columnPath } from '#shared/column-path';
import { openedIn } from '#shared/opened-values';
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
  const { opened, values } = openedIn(by.to.columns);
  return {
    places: withValues.map(({ entry }) => columnPath(entry)),
    values,
    sampled,
    bits: evidenceFor(by.to.columns),
    decrypts: { to: opened, from: by.from && openedIn(by.from.columns).opened },
  };
}
