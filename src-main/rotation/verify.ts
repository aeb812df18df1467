import type { Client } from 'pg';
import type { EncryptionKey } from '#crypto/encryption-key';
import type { MultisetDigest } from '#crypto/digest';
import { judgeCells } from '#evidence/judge-cells';
import type { Field } from '#postgres/copy-binary';
import { streamRows } from '#postgres/row-stream';
import type { TableTarget, TargetColumn } from '#postgres/table-target';
import { isTrue, readSource, selectSource, writtenBy } from './source-query.ts';
import { sameCells, sameIdentity, type StagingTable } from './staging-table.ts';
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
  const joins = partial.map((staging, i) => {
    // a row known by its place has moved; its fresh ciphertexts identify it
    const identity = staging.target.identity.kind === 'key' ? [sameIdentity(staging, `s${i}`)] : [];
    return `LEFT JOIN ${staging.sql} AS s${i} ON ${[...identity, sameCells(staging, 'n', `s${i}`)].join(' AND ')}`;
  });
  const extra = [lookup.length > 0 ? `coalesce(${lookup.join(', ')})` : 'NULL::pg_catalog.bytea'];
  return selectSource(table, { mark: writtenBy(xid), extra, joins });
}

async function digestBatch(
  table: TableTarget,
  batch: readonly Field[][],
  { key, digest }: VerifyOptions,
  counts: TableCounts,
): Promise<void> {
  const rows = batch.map((fields) => {
    const row = readSource(table, fields, undefined);
    const left = fields.at(-1) ?? null;
    return { ...row, rewritten: isTrue(fields[0]), left, values: valuesOf(table, row.cells) };
  });
  for (const row of rows) {
    for (const [position, { column, value }] of row.values.entries()) {
      const count = counts[column]?.[value.slot] as { rewritten: number; left: number };
      if (row.rewritten && row.left?.[position] !== 1) {
        count.rewritten++;
        continue;
      }
      count.left++;
      digest.add(...recordLeft(table, row.identity, position, value.text));
    }
  }
  for (const [column, { slots }] of table.columns.entries()) {
    for (const slot of slots.keys()) {
      const places = rows
        .filter((row) => row.rewritten)
        .flatMap((row) =>
          row.values.flatMap(({ column: at, value }, position) =>
            at === column && value.slot === slot && row.left?.[position] !== 1
              ? [{ row, position, value }]
              : [],
          ),
        );
      const { layout } = slots[slot] as TargetColumn['slots'][number];
      using opened = await judgeCells(
        layout,
        key,
        places.map(({ value }) => value.text),
      );
      for (const [i, { row, position }] of places.entries()) {
        const plaintext = opened.cells[i]?.plaintext;
        // without one the digests differ, which is what it should come to
        if (plaintext) digest.add(...recordSecret(table, row.identity, position, plaintext));
      }
    }
  }
}
