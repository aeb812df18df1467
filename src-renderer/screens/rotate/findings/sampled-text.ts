/** What a sampled preflight cannot say, wherever a run rests on one. */
export const sampledInWords =
  'Keel searched a sample of each table for other values encrypted with the old key; the remaining rows were not read. The sweep after the hand-off reads every cell that the role may read.';
