import type { ColumnProof } from '#contract/shapes';
import { isLeft } from './proof-text.ts';

/** What a value of a column is, from what is known best to what stops a rotation. */
export const shareKinds = ['proven', 'likely', 'excluded', 'not known'] as const;
export type ShareKind = (typeof shareKinds)[number];

export interface ProofBar {
  readonly values: number;
  readonly counts: Readonly<Record<ShareKind, number>>;
}

/**
 * The values of a column by what is known of them: proven; likely, since they open and are too short to prove it; excluded by name;
 * or not known, since they do not open. Pure.
 */
export function barOf(column: ColumnProof, excluded: readonly string[]): ProofBar {
  const { entry, rows, proven, inconclusive, contradicted, unrecognised } = column;
  const others = contradicted + unrecognised;
  const left = isLeft(excluded, entry);
  const counts = {
    proven,
    likely: inconclusive,
    excluded: left ? others : 0,
    'not known': left ? 0 : others,
  };
  return { values: rows, counts };
}
