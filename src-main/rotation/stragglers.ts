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
import type { KeyPair, KnownRows } from './run/decision.ts';
import type { FormCounter, ProblemRow } from './run/form-counter.ts';
import { type CounterRequest, newCounters } from './run/new-counters.ts';
import { writtenBy } from '#rewrite/writing-transaction';
import { readSource, selectSource } from './run/source-query.ts';
import { rewriteRows, type TableCounters } from './run/table-rewriter.ts';
import { ValueCounts } from './run/value-counts.ts';

export interface Sweep {
  /** Rows that hold values encrypted with the old key. */
  readonly stragglers: number;
  /**
   * Values of which nobody can tell which key they are under: both open them, or they are too short and the admin let such values be. Left
   * for the admin.
   */
  readonly ambiguous: number;
  readonly problemRows: readonly ProblemRow[];
  /** The whole database, with the old key: what is beside the inventory, and what could not be read. */
  readonly census: Census;
}

export interface SweepRequest extends CounterRequest {
  readonly tables: readonly TableTarget[];
  readonly inventory: Inventory;
  /** From the retired key to the active one. */
  readonly keys: KeyPair;
  /** Other keys that values may be under, with values encrypted with the retired key within them. */
  readonly others: readonly EncryptionKey[];
  /** What the rotation wrote is under the new key. */
  readonly known: KnownRows;
  readonly onRows?: (count: number) => void;
  /** How much is read, of how much: bytes, or tables of another application. */
  readonly onCensus?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Looks through all rows of the inventory for values that were encrypted with the old key after the cutover, and through everything
 * else that can be read for any other value under it. Only reads.
 */
export async function findStragglers(client: Client, request: SweepRequest): Promise<Sweep> {
  let stragglers = 0;
  const counters: FormCounter[] = [];
  for (const table of request.tables) {
    const forms = newCounters(table, request);
    stragglers += await stragglersIn(client, table, forms, request);
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
    ambiguous: counters.reduce((sum, { ambiguous, leftShort }) => sum + ambiguous + leftShort, 0),
    problemRows: counters.flatMap((counter) =>
      counter.problemRows.filter(({ reason }) => reason === 'ambiguous' || reason === 'too-short'),
    ),
  };
}

/** How many rows of a table a sweep would rewrite: it decides as that would, and throws away what came of it. */
async function stragglersIn(
  client: Client,
  table: TableTarget,
  counters: TableCounters,
  { keys, known, signal, onRows }: SweepRequest,
): Promise<number> {
  const mark = known.xid !== undefined && !isPortable(client) ? writtenBy(known.xid) : 'false';
  let found = 0;
  for await (const batch of streamRows(client, selectSource(table, { mark }))) {
    signal?.throwIfAborted();
    const rows = batch.map((fields) => readSource(table, fields, 'to'));
    found += (await rewriteRows(table, keys, rows, counters, new ValueCounts(table), false)).length;
    onRows?.(batch.length);
  }
  return found;
}

/**
 * Whether nothing at all is encrypted with the old key: no straggler, nothing that could be one, nothing beside the inventory, and no place
 * that was not read.
 */
export function isAllClear({ stragglers, ambiguous, census }: Sweep): boolean {
  return stragglers === 0 && ambiguous === 0 && isComplete(census);
}
