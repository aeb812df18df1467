import type { DatabaseTarget } from '#postgres/target';

/** What may be an address in a file. */
export interface Candidate {
  readonly from: string;
  /** Throws `url-malformed`. */
  readonly read: () => DatabaseTarget;
  readonly notes: readonly string[];
}
