import type { Client } from 'pg';
import type { Inventory } from '#contract/inventory';
import type { StreamOpener } from '#crypto/age-stream';
import type { EncryptionKey } from '#crypto/encryption-key';
import { fitArchive } from './archive-fit.ts';
import type { ArchiveHeader } from './archive-form.ts';
import { readArchive } from './archive-reader.ts';
import { ephemeralKey, loadArchive } from './archived-rows.ts';
import {
  type ArchiveComparison,
  compareRows,
  ComparisonCounter,
  countMissingRows,
} from './compare-archive.ts';
import { readWriteBack } from './write-back.ts';

export type ArchiveStep = 'reading the archive' | 'comparing rows';

export interface VerifyRequest {
  readonly path: string;
  readonly opener: StreamOpener;
  /** Of the database now; it need not be the one that the archive was made under. */
  readonly key: EncryptionKey;
  readonly inventory?: Inventory | undefined;
  readonly onProgress?: (step: ArchiveStep, done: number, total?: number) => void;
  readonly signal?: AbortSignal | undefined;
}

export interface VerifiedArchive extends ArchiveComparison {
  readonly header: ArchiveHeader;
  /** Credentials of tables without a key, which cannot be compared row by row. */
  readonly unkeyed: number;
}

/**
 * Compares an archive with the database, row by row. Nothing is written but temporary tables of this connection, in which the
 * archive is encrypted with a key of this process. Throws what reading the archive throws, and `archive-unfit`.
 */
export async function verifyArchive(client: Client, request: VerifyRequest): Promise<VerifiedArchive> {
  const { path, opener, key, inventory, onProgress, signal } = request;
  const reading = await readArchive(path, opener);
  try {
    const tables = await fitArchive(client, reading.header, inventory);
    const total = reading.header.tables.reduce((sum, { rows }) => sum + rows, 0);
    using packedKey = ephemeralKey();
    const loaded = await loadArchive(client, reading, tables, packedKey, {
      signal,
      onValues: (done) => onProgress?.('reading the archive', done),
    });
    const counter = new ComparisonCounter(loaded.rows);
    let done = 0;
    for (const rows of loaded.rows) {
      const writeBack = await readWriteBack(client, rows.table, key);
      for await (const batch of compareRows(client, rows, { key, packedKey }, writeBack)) {
        using _ = batch;
        signal?.throwIfAborted();
        for (const row of batch.rows) counter.add(rows, row);
        done += batch.rows.length;
        onProgress?.('comparing rows', done, total >= done ? total : undefined);
      }
      await countMissingRows(client, rows, counter);
    }
    return { header: reading.header, unkeyed: loaded.unkeyed, ...counter.result() };
  } finally {
    await reading.entries.return(undefined);
  }
}
