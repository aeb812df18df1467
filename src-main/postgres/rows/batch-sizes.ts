export interface BatchSizes {
  /** A batch is handed on when it holds this many bytes. A row whose message is larger than this comes in parts. */
  readonly batchBytes: number;
  /** How many bytes of a large cell two pieces share: what is no longer than this stands whole in one of them. */
  readonly overlap: number;
}

export const usualSizes: BatchSizes = { batchBytes: 1 << 20, overlap: 1 << 16 };

/**
 * What a buffer has room for at first, in bytes. Most tables of a database are smaller; a census of one makes hundreds of these, and room
 * for whole batches would cost more in collecting it than reading the tables does.
 */
export const firstBytes = 1 << 16;
