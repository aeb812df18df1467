/** What a sampled preflight cannot say, wherever a run rests on one. */
export const sampledInWords =
  'Other places under the old key were looked for in a sample of each table; other rows were not read. The sweep after the hand-off reads every cell that the role may read.';
