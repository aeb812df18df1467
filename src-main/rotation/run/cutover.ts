import type { Client } from 'pg';
import { pipelined } from '#postgres/pipelined';
import type { TableTarget } from '#postgres/table-target';
import { forgetLostRows, readUnwritten } from './delta.ts';
import type { OnProgress } from './progress.ts';
import type { KeyPair } from './decision.ts';
import { type Staged, stageRows, type TakeRows } from './stage.ts';
import { applyCompared, applyStaged, type StagingTable, stagingTable } from '#rewrite/staging-table';
import type { TableCounters } from './table-rewriter.ts';
import { restoreTriggers, type UpdateTrigger, withoutObstacle } from '#rewrite/triggers';
import type { ValueCounts } from './value-counts.ts';
import { damaged } from '#rewrite/applied';
import { checkDeferred } from '#rewrite/writing-transaction';
import type { LateTables, RotationWay, TableOnItsWay } from '#rotation/way/way';
import { checkStaged } from './verify.ts';
import { formatCount } from '#shared/counted';

/** A table on its way through the cutover. */
export interface StagedTable extends TableOnItsWay {
  readonly staged: Staged;
}

/** What is written of the cutover, in its transaction: how many rows it wrote, and, if others came in the end, how many those were. */
export interface CutoverJournal {
  readonly write: (rows: number) => Promise<void>;
  readonly correct: (rows: number) => Promise<void>;
}

export interface CutoverOptions {
  readonly rotationId: string;
  readonly keys: KeyPair;
  readonly way: RotationWay;
  /** A second connection. */
  readonly reader: Client;
  readonly tables: readonly StagedTable[];
  /** As preflight found them. */
  readonly triggers: readonly UpdateTrigger[];
  /** False where there is no place for one. */
  readonly journal: CutoverJournal | false;
  readonly lockTimeoutMs: number;
  readonly markMeans: 'from' | 'to' | undefined;
  readonly countersFromZero: (target: TableTarget) => TableCounters;
  /** Throws if what was ruled on the late rows must stop the rotation. */
  readonly review: (counters: TableCounters) => void;
  /** Called as the server writes, which leaves this process and `reader` idle. */
  readonly onLocked: () => void;
  readonly onProgress: OnProgress;
  readonly signal?: AbortSignal | undefined;
}

export interface CutoverResult {
  /** Rows written, over all tables. */
  readonly rows: number;
  /** What became of the values, in the order of the tables. */
  readonly counts: readonly ValueCounts[];
  /** Moments in milliseconds (process clock): the lock was asked for, the lock was held, the staged rows were written. */
  readonly lockingAt: number;
  readonly lockedAt: number;
  readonly writtenAt: number;
}

/**
 * Everything between BEGIN and COMMIT: lock against writers, apply the staged rows, handle the delta, and compare what the
 * tables hold now with what was staged. Throws unless it is the same; the caller then rolls back.
 */
export async function cutOver(client: Client, xid: string, options: CutoverOptions): Promise<CutoverResult> {
  const { tables, onProgress, journal, way, triggers } = options;
  onProgress({ step: 'locking', done: 0 });
  const targets = tables.map(({ target }) => target);
  const lockingAt = performance.now();
  const once = await way.lock(client, targets, triggers, options.lockTimeoutMs);
  const lockedAt = performance.now();
  const filled = way.countFilled(options.reader, targets);
  // if the cutover fails first, its error is the one to report
  filled.then(options.onLocked, () => undefined);
  let rows = 0;
  const total = tables.reduce((sum, table) => sum + table.staged.rows, 0);
  // what a transaction that is tried again took out stays in
  const counts = tables.map(({ staged }) => staged.counts.copy());
  const written: number[] = [];
  for (const [number, { staging, staged }] of tables.entries()) {
    options.signal?.throwIfAborted();
    onProgress({ step: 'cutover', done: rows, total });
    const isLast = number === tables.length - 1;
    const [count] = await pipelined(client, [
      () => apply(client, staging, staged.rows, once),
      // what is deferred from here on is checked at once too
      async () => isLast && (await checkDeferred(client)),
      async () => isLast && journal && (await journal.write(total)),
    ]);
    written.push(count);
    rows += count;
  }
  const writtenAt = performance.now();
  const applied: AppliedRows[] = [];
  for (const [number, table] of tables.entries()) {
    const { target, staging, staged } = table;
    const [count, values] = [written[number] as number, counts[number] as ValueCounts];
    if (count < staged.rows) await forgetLostRows(client, staging, values);
    onProgress({ step: 'delta', done: rows, total });
    // no row but those that were written holds anything: nothing is left to look for
    const isAll = once && (await filled)?.[number] === count;
    const late = isAll
      ? nothingLate
      : await applyDelta(client, xid, { table, number, values }, once, options);
    rows += late.rows;
    applied.push({ target, stagings: [staging, ...late.stagings], rows: count + late.rows });
  }
  onProgress({ step: 'verifying', done: rows, total });
  // only once nothing is written any more: what a table's update runs may write to each of them
  for (const { target, stagings, rows: found } of once ? [] : applied)
    await way.assertApplied(client, target, stagings, xid, found);
  if (journal && rows !== total) await journal.correct(rows);
  await restoreTriggers(client, withoutObstacle(triggers));
  return { rows, lockingAt, lockedAt, writtenAt, counts };
}

/** The staging tables of rows that come late to a table. */
export function lateTables({ staging }: StagedTable, rotationId: string, number: number): LateTables {
  const { target, place } = staging;
  return {
    changed: stagingTable(target, rotationId, number, place, 'changed'),
    delta: stagingTable(target, rotationId, number, place, 'delta'),
  };
}

/** Applies staged rows, and compares each as it is written where nothing else writes (`once`). Returns the rows written. */
async function apply(client: Client, staging: StagingTable, staged: number, once: boolean): Promise<number> {
  if (!once) return applyStaged(client, staging, staged);
  const { written, same } = await applyCompared(client, staging, staged);
  if (same === written) return written;
  throw damaged(
    staging.target,
    `${formatCount(written)} rows were rewritten, but ${formatCount(same)} contain what was written`,
  );
}

/** What was written to a table, and the staging tables that it came from. */
interface AppliedRows {
  readonly target: TableTarget;
  readonly stagings: readonly StagingTable[];
  readonly rows: number;
}

interface Late {
  readonly rows: number;
  readonly stagings: readonly StagingTable[];
}

const nothingLate: Late = { rows: 0, stagings: [] };

/** A table whose staged rows were applied. */
interface AppliedTable {
  readonly table: StagedTable;
  readonly number: number;
  readonly values: ValueCounts;
}

/** Rewrites what the staged rows did not cover; all values that they did not cover enter the counts. */
async function applyDelta(
  client: Client,
  xid: string,
  { table, number, values }: AppliedTable,
  once: boolean,
  { keys, markMeans, signal, rotationId, countersFromZero, review, way }: CutoverOptions,
): Promise<Late> {
  const { target } = table;
  const tables = lateTables(table, rotationId, number);
  const { changed, delta } = tables;
  const count = await way.collectLate(client, table, tables, xid);
  if (count === 0) return nothingLate;
  const counters = countersFromZero(target);
  let late = 0;
  const take: TakeRows = (rows) => way.append(client, delta, rows);
  for await (const batches of readUnwritten(client, changed, count)) {
    const options = { keys, counters, countUntouched: true, markMeans, signal };
    const portion = await stageRows(target, take, batches, options);
    late += portion.rows;
    values.addAll(portion.counts);
  }
  review(counters);
  if (late === 0) return nothingLate;
  await checkStaged(client, delta, keys, late, { signal });
  const written = await apply(client, delta, late, once);
  if (written !== late)
    throw damaged(
      target,
      `${formatCount(late)} late rows were to be written, but ${formatCount(written)} were`,
    );
  return { rows: late, stagings: [delta] };
}
