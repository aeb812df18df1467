import type { Client } from 'pg';
import type { EncryptionKey } from '#crypto/encryption-key';
import type { MultisetDigest } from '#crypto/digest';
import { openCells, readCell } from '#crypto/layouts';
import type { CellValue } from '#postgres/cell-values';
import type { Field } from '#postgres/copy-binary';
import { streamRows } from '#postgres/row-stream';
import type { TableTarget } from '#postgres/table-target';
import { isTrue, readSource, selectSource, writtenBy } from './source-query.ts';
import { type StagingTable, writtenFrom } from './staging-table.ts';
import { valuesOf } from './table-rewriter.ts';
import { recordLeft, recordSecret } from './value-records.ts';

/** How many values of each slot hold the new key's ciphertext now, and how many were left; by column and slot. */
export type TableCounts = readonly (readonly { rewritten: number; left: number }[])[];

export interface VerifyOptions {
  readonly key: EncryptionKey;
  /** The transaction whose rows are read back as rewritten; all other rows must be as they were. */
  readonly xid: string;
  /** Staging tables to look up which values of a rewritten row were left alone; empty where there are none. */
  readonly partial: readonly StagingTable[];
  readonly digest: MultisetDigest;
  readonly onRows?: (count: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads every value of a table back as the transaction sees it, opens the rewritten ones with the new key, and adds all
 * to the digest. The caller compares it with the one taken under the old key.
 */
export async function readBack(
  client: Client,
  table: TableTarget,
  options: VerifyOptions,
): Promise<TableCounts> {
  const counts = table.columns.map(({ slots }) => slots.map(() => ({ rewritten: 0, left: 0 })));
  const source = withLeftAlone(table, options);
  for await (const batch of streamRows(client, source)) {
    options.signal?.throwIfAborted();
    await digestBatch(table, batch, options, counts);
    options.onRows?.(batch.length);
  }
  return counts;
}

/** The rows with their staged `left_alone` at the end, or NULL. */
function withLeftAlone(table: TableTarget, { xid, partial }: VerifyOptions): string {
  const lookup = partial.map((_, i) => `s${i}.left_alone`);
  const joins = partial.map(
    (staging, i) => `LEFT JOIN ${staging.sql} AS s${i} ON ${writtenFrom(staging, `s${i}`)}`,
  );
  const extra = [lookup.length > 0 ? `coalesce(${lookup.join(', ')})` : 'NULL::pg_catalog.bytea'];
  return selectSource(table, { mark: writtenBy(xid), extra, joins });
}

interface ReadValue {
  readonly value: CellValue;
  readonly identity: readonly Field[];
  readonly position: number;
}

async function digestBatch(
  table: TableTarget,
  batch: readonly Field[][],
  { key, digest }: VerifyOptions,
  counts: TableCounts,
): Promise<void> {
  const rewritten = table.columns.map(({ slots }) => slots.map((): ReadValue[] => []));
  for (const fields of batch) {
    const { identity, cells } = readSource(table, fields, undefined);
    const left = fields.at(-1);
    for (const [position, value] of valuesOf(table, cells).entries()) {
      const count = counts[value.column]?.[value.slot] as { rewritten: number; left: number };
      if (isTrue(fields[0]) && left?.[position] !== 1) {
        count.rewritten++;
        rewritten[value.column]?.[value.slot]?.push({ value, identity, position });
      } else {
        count.left++;
        digest.add(recordLeft(table, identity, position, value.text));
      }
    }
  }
  for (const [column, { slots }] of table.columns.entries()) {
    for (const [slot, { layout }] of slots.entries()) {
      const values = rewritten[column]?.[slot] as ReadValue[];
      const cells = values.map(({ value }) => readCell(layout, value.text));
      const known = cells.filter((cell) => cell !== undefined);
      const { plaintexts, storage } = await openCells(layout, key, known);
      let next = 0;
      for (const [i, { identity, position }] of values.entries()) {
        // without a plaintext the digests differ, which is what it should come to
        if (!cells[i]) continue;
        digest.add(recordSecret(table, identity, position, plaintexts[next++] as Uint8Array));
      }
      storage.fill(0);
    }
  }
}
