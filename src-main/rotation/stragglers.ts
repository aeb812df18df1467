import type { Client } from 'pg';
import { formsBeside, isOfOtherApplication } from '#applications/of-inventory';
import { takeCensus } from '#census/census';
import { takeSchemeCensus } from '#census/scheme-census';
import { type Census, isComplete } from '#census/census-result';
import type { Inventory } from '#contract/inventory';
import type { EncryptionKey } from '#crypto/encryption-key';
import { isPortable } from '#postgres/session/portable';
import { streamRows } from '#postgres/row-stream';
import type { TableTarget } from '#postgres/table-target';
import type { KeyPair } from './run/decision.ts';
import { type ProblemRow, FormCounter } from './run/form-counter.ts';
import { writtenBy } from '#rewrite/writing-transaction';
import { readSource, selectSource } from './run/source-query.ts';
import { rewriteRows, type TableCounters } from './run/table-rewriter.ts';
import { ValueCounts } from './run/value-counts.ts';

export interface Sweep {
  /** Rows that hold values under the old key. */
  readonly stragglers: number;
  /** Values that both keys open and that nothing vouches for: left for the admin. */
  readonly ambiguous: number;
  readonly problemRows: readonly ProblemRow[];
  /** The whole database, with the old key: what is beside the inventory, and what could not be read. */
  readonly census: Census;
}

export interface SweepRequest {
  readonly tables: readonly TableTarget[];
  readonly inventory: Inventory;
  /** From the retired key to the active one. */
  readonly keys: KeyPair;
  /** Other keys that values may be under, with values under the retired key within them. */
  readonly others: readonly EncryptionKey[];
  /** The transaction of the rotation, where rows tell it: those that it wrote are under the new key. */
  readonly known: { readonly xid: string } | undefined;
  readonly onRows?: (count: number) => void;
  /** How much is read, of how much: bytes, or tables of another application. */
  readonly onCensus?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Looks through all rows of the inventory for values that were written under the old key after the cutover, and through everything
 * else that can be read for any other value under it. Only reads.
 */
export async function findStragglers(client: Client, request: SweepRequest): Promise<Sweep> {
  let stragglers = 0;
  const counters: FormCounter[] = [];
  for (const table of request.tables) {
    const forms: TableCounters = table.columns.map((column) =>
      column.forms.map((form) => new FormCounter(form, table.identity, { excluded: false })),
    );
    const mark = request.known && !isPortable(client) ? writtenBy(request.known.xid) : 'false';
    const select = selectSource(table, { mark });
    for await (const batch of streamRows(client, select)) {
      request.signal?.throwIfAborted();
      const rows = batch.map((fields) => readSource(table, fields, 'to'));
      // what a sweep would write: the same decision, thrown away
      stragglers += (await rewriteRows(table, request.keys, rows, forms, new ValueCounts(table), false))
        .length;
      request.onRows?.(batch.length);
    }
    counters.push(...forms.flat());
  }
  const { inventory, keys, others, onCensus, signal } = request;
  const census = isOfOtherApplication(inventory)
    ? await takeSchemeCensus(client, {
        keys: [keys.from],
        forms: formsBeside(inventory),
        inventory,
        onTable: onCensus,
        signal,
      })
    : await takeCensus(client, {
        keys: [keys.from],
        alsoOpened: [keys.to, ...others],
        inventory,
        samplesLooks: true,
        signal,
        ...(onCensus && { onProgress: onCensus }),
      });
  return {
    census,
    stragglers,
    ambiguous: counters.reduce((sum, counter) => sum + counter.ambiguous, 0),
    problemRows: counters.flatMap((counter) =>
      counter.problemRows.filter(({ reason }) => reason === 'ambiguous'),
    ),
  };
}

/**
 * Whether nothing at all is under the old key: no straggler, nothing that could be one, nothing beside the inventory, and no place
 * that was not read.
 */
export function isAllClear({ stragglers, ambiguous, census }: Sweep): boolean {
  return stragglers === 0 && ambiguous === 0 && isComplete(census);
}
