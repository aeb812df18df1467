import type { Client } from 'pg';
import { pipelined } from '#postgres/pipelined';
import { filledCondition, type TableTarget } from '#postgres/table-target';
import { collectUnwritten, forgetLostRows, readUnwritten } from './delta.ts';
import type { OnProgress } from './progress.ts';
import type { KeyPair } from './decision.ts';
import { type Staged, stageRows } from './stage.ts';
import {
  appliesAsOwner,
  applyCompared,
  applyStaged,
  createStagingTable,
  type StagingPlace,
  type StagingTable,
  stagingTable,
} from '#rewrite/staging-table';
import type { TableCounters } from './table-rewriter.ts';
import { disableTriggers, restoreTriggers, type UpdateTrigger } from '#rewrite/triggers';
import type { ValueCounts } from './value-counts.ts';
import { assertApplied, damaged, writesOnce } from '#rewrite/applied';
import { checkDeferred, lockTables } from '#rewrite/writing-transaction';
import { checkStaged } from './verify.ts';
import { formatCount } from '#shared/counted';

/** A table on its way through the cutover. */
export interface StagedTable {
  readonly target: TableTarget;
  readonly staging: StagingTable;
  /** Boolean SQL: the row is known to be written under the key that `markMeans` names. */
  readonly mark: string;
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
  /** A second connection. */
  readonly reader: Client;
  readonly place: StagingPlace;
  readonly tables: readonly StagedTable[];
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
  /** Milliseconds (process clock) at which the locks were held. */
  readonly lockedAt: number;
}

/**
 * Everything between BEGIN and COMMIT: lock against writers, apply the staged rows, handle the delta, and compare what the
 * tables hold now with what was staged. Throws unless it is the same; the caller then rolls back.
 */
export async function cutOver(client: Client, xid: string, options: CutoverOptions): Promise<CutoverResult> {
  const { tables, onProgress, journal } = options;
  onProgress({ step: 'locking', done: 0 });
  const once = await lockAndLook(client, options);
  const lockedAt = performance.now();
  const filled = countFilled(options.reader, tables);
  // a cutover that fails meanwhile is told first
  filled.then(options.onLocked, () => undefined);
  let rows = 0;
  const total = tables.reduce((sum, table) => sum + table.staged.rows, 0);
  const counts: ValueCounts[] = [];
  for (const [number, table] of tables.entries()) {
    options.signal?.throwIfAborted();
    const { target, staging, staged } = table;
    const isOnce = once[number] === true;
    onProgress({ step: 'cutover', done: rows, total });
    const isLast = number === tables.length - 1;
    const applied = () => apply(client, staging, staged.rows, isOnce);
    // several statements, of which each needs what the one before answered
    const early = appliesAsOwner(staging) ? await applied() : undefined;
    const [written] = await pipelined(client, [
      async () => early ?? applied(),
      // what is deferred from here on is checked at once too
      async () => isLast && (await checkDeferred(client)),
      async () => isLast && journal && (await journal.write(total)),
    ]);
    if (written < staged.rows) await forgetLostRows(client, staging, staged.counts);
    onProgress({ step: 'delta', done: rows, total });
    // no row but those that were written holds anything: nothing is left to look for
    const isAll = (await filled)[number] === written;
    const late = isAll ? nothingLate : await applyDelta(client, xid, table, number, isOnce, options);
    rows += written + late.rows;
    onProgress({ step: 'verifying', done: rows, total });
    if (!isOnce) await assertApplied(client, target, [staging, ...late.stagings], xid, written + late.rows);
    counts.push(staged.counts);
  }
  if (journal && rows !== total) await journal.correct(rows);
  await restoreTriggers(client, options.triggers);
  return { rows, lockedAt, counts };
}

/** Locks the tables and switches triggers off; answers for each table whether its UPDATE is all that writes there then. */
async function lockAndLook(
  client: Client,
  { tables, triggers, lockTimeoutMs }: CutoverOptions,
): Promise<boolean[]> {
  const targets = tables.map(({ target }) => target);
  const look = () =>
    pipelined(
      client,
      targets.map((target) => () => writesOnce(client, target)),
    );
  const lock = () => lockTables(client, targets, lockTimeoutMs);
  // a plan that hashes the staged rows in memory, and is not compiled first, keeps the lock short
  const settle = () => client.query("SET LOCAL work_mem = '256MB'; SET LOCAL jit = off");
  if (triggers.length === 0) {
    const [, , once] = await pipelined(client, [settle, lock, look]);
    return once;
  }
  await pipelined(client, [settle, lock]);
  await disableTriggers(client, triggers);
  return look();
}

/** Applies staged rows, and compares each as it is written where nothing else writes (`once`). Returns the rows written. */
async function apply(client: Client, staging: StagingTable, staged: number, once: boolean): Promise<number> {
  if (!once) return applyStaged(client, staging, staged);
  const { written, same } = await applyCompared(client, staging, staged);
  if (same === written) return written;
  throw damaged(
    staging.target,
    `${formatCount(written)} rows were rewritten, but ${formatCount(same)} hold what was written`,
  );
}

/** How many rows of each locked table hold anything, by the other connection, while this one writes. */
async function countFilled(reader: Client, tables: readonly StagedTable[]): Promise<number[]> {
  const counts = tables.map(
    ({ target }) => `(SELECT count(*)::int8 FROM ${target.sql} AS t WHERE ${filledCondition('t', target)})`,
  );
  const { rows } = await reader.query(`SELECT ARRAY[${counts.join(', ')}]::text[] AS filled`);
  return (rows[0].filled as string[]).map(Number);
}

interface Late {
  readonly rows: number;
  readonly stagings: readonly StagingTable[];
}

const nothingLate: Late = { rows: 0, stagings: [] };

/** Rewrites what the staged rows did not cover; all values that they did not cover enter the counts. */
async function applyDelta(
  client: Client,
  xid: string,
  { target, mark, staged }: StagedTable,
  number: number,
  once: boolean,
  { keys, markMeans, signal, place, rotationId, countersFromZero, review }: CutoverOptions,
): Promise<Late> {
  const changed = stagingTable(target, rotationId, number, place, 'changed');
  const count = await collectUnwritten(client, changed, xid, mark);
  if (count === 0) return nothingLate;
  const delta = stagingTable(target, rotationId, number, place, 'delta');
  await createStagingTable(client, delta);
  const counters = countersFromZero(target);
  let late = 0;
  for await (const batches of readUnwritten(client, changed, count)) {
    const options = { keys, counters, countUntouched: true, markMeans, signal };
    const portion = await stageRows(client, delta, batches, options);
    late += portion.rows;
    staged.counts.addAll(portion.counts);
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
