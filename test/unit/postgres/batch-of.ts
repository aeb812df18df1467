import { copyHeader, copyTrailer, encodeRow, type Field } from '#postgres/copy-binary';
import { type CopyBatch, CopyBatches } from '#postgres/copy-batches';

function message(code: string, content: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(content.length + 4);
  return Buffer.concat([Buffer.from(code, 'latin1'), length, content]);
}

/** Rows as they arrive from a server, in one batch. */
export function batchOf(rows: readonly (readonly Field[])[]): CopyBatch {
  const messages = [copyHeader(), ...rows.map(encodeRow), copyTrailer()].map((content) =>
    message('d', content),
  );
  const bytes = Buffer.concat(messages);
  const batches = new CopyBatches({ batchBytes: bytes.length + 1, overlap: 0 });
  batches.push(bytes);
  batches.push(message('c', Buffer.alloc(0)));
  return batches.next() as CopyBatch;
}
