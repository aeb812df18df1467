import type { Client } from 'pg';
import type { MultisetDigest } from '#crypto/digest';
import { KeelError } from '#errors/keel-error';
import { fromDriverError } from '#postgres/connection-errors';
import type { TableTarget } from '#postgres/table-target';
import { collectUnwritten, forgetLostRows, readUnwritten } from './delta.ts';
import type { OnProgress } from './progress.ts';
import type { KeyPair } from './ruling.ts';
import { type Staged, stageRows } from './stage.ts';
import {
  applyStaged,
  createStagingTable,
  type StagingPlace,
  type StagingTable,
  stagingTable,
} from './staging-table.ts';
import type { TableTallies } from './table-rewriter.ts';
import { disableTriggers, restoreTriggers, type UpdateTrigger } from './triggers.ts';
import { readBack, type TableCounts } from './verify.ts';

/** A table on its way through the cutover. */
export interface StagedTable {
  readonly target: TableTarget;
  readonly staging: StagingTable;
  /** What the table will hold, by what was read under the old key. */
  readonly digest: MultisetDigest;
  /** Boolean SQL: the row is known to be written under the key that `markMeans` names. */
  readonly mark: string;
  readonly staged: Staged;
}

export interface CutoverOptions {
  readonly rotationId: string;
  readonly keys: KeyPair;
  readonly place: StagingPlace;
  readonly tables: readonly StagedTable[];
  readonly triggers: readonly UpdateTrigger[];
  readonly lockTimeoutMs: number;
  readonly markMeans: 'from' | 'to' | undefined;
  readonly freshTallies: (target: TableTarget) => TableTallies;
  /** Throws if what was ruled on the late rows must stop the rotation. */
  readonly review: (tallies: TableTallies) => void;
  readonly onProgress: OnProgress;
  readonly signal?: AbortSignal | undefined;
}

export interface CutoverResult {
  /** Rows written, over all tables. */
  readonly rows: number;
  /** What was read back, in the order of the tables. */
  readonly counts: readonly TableCounts[];
  /** Milliseconds (process clock) at which the locks were held. */
  readonly lockedAt: number;
}

/** Starts the cutover's transaction; returns its id and that of the server process, to be recorded before anything else. */
export async function beginCutover(client: Client): Promise<{ xid: string; backendPid: number }> {
  await client.query('BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE');
  const { rows } = await client.query(
    'SELECT pg_current_xact_id()::text AS xid, pg_backend_pid() AS "backendPid"',
  );
  return rows[0];
}

/**
 * Everything between BEGIN and COMMIT: lock against writers, apply the staged rows, handle the delta, read everything
 * back and compare. Throws unless all values are what they were; the caller then rolls back.
 */
export async function cutOver(client: Client, xid: string, options: CutoverOptions): Promise<CutoverResult> {
  const { tables, onProgress } = options;
  onProgress({ step: 'locking', done: 0 });
  await lockTables(client, tables, options.lockTimeoutMs);
  const lockedAt = performance.now();
  // a plan that hashes the staged rows in memory keeps the lock short
  await client.query("SET LOCAL work_mem = '256MB'");
  await disableTriggers(client, options.triggers);
  let rows = 0;
  const total = tables.reduce((sum, table) => sum + table.staged.rows, 0);
  const counts: TableCounts[] = [];
  for (const [number, table] of tables.entries()) {
    options.signal?.throwIfAborted();
    onProgress({ step: 'cutover', done: rows, total });
    const applied = await applyStaged(client, table.staging);
    if (applied < table.staged.rows) await forgetLostRows(client, table.staging, options.keys, table.digest);
    onProgress({ step: 'delta', done: rows, total });
    const { late, partial } = await applyDelta(client, xid, table, number, options);
    rows += applied + late;
    counts.push(await verifyTable(client, xid, table, partial, options));
  }
  await restoreTriggers(client, options.triggers);
  return { rows, lockedAt, counts };
}

async function lockTables(client: Client, tables: readonly StagedTable[], timeoutMs: number): Promise<void> {
  await client.query(`SET LOCAL lock_timeout = ${Math.round(timeoutMs)}`);
  // always in the same order, so that two of us cannot wait for each other
  const names = tables.map(({ target }) => target.sql).sort();
  try {
    await client.query(`LOCK TABLE ${names.join(', ')} IN SHARE ROW EXCLUSIVE MODE`);
  } catch (error) {
    const known = fromDriverError(error, 'locking the tables');
    if (known.code !== 'lock-timeout') throw known;
    throw new KeelError(
      'lock-timeout',
      `somebody else has held a lock on the tables for ${timeoutMs} ms; nothing was changed`,
      'stop Ballast or end the session that holds it (`pg_locks`, `pg_stat_activity`), or give more time with --lock-timeout',
      { cause: error },
    );
  }
}

/** Rewrites what the staged rows did not cover, and enters what stays as it is into the digest. */
async function applyDelta(
  client: Client,
  xid: string,
  table: StagedTable,
  number: number,
  options: CutoverOptions,
): Promise<{ late: number; partial: StagingTable[] }> {
  const { target, digest } = table;
  const changed = stagingTable(target, options.rotationId, number, options.place, 'changed');
  const count = await collectUnwritten(client, changed, xid, table.mark);
  const partial = table.staged.partialRows > 0 ? [table.staging] : [];
  if (count === 0) return { late: 0, partial };
  const delta = stagingTable(target, options.rotationId, number, options.place, 'delta');
  await createStagingTable(client, delta);
  const tallies = options.freshTallies(target);
  let late = 0;
  for await (const rows of readUnwritten(client, changed, count)) {
    const { keys, markMeans, signal } = options;
    const staged = await stageRows(client, delta, [rows], {
      keys,
      tallies,
      digest,
      digestUntouched: true,
      markMeans,
      signal,
    });
    late += staged.rows;
    if (staged.partialRows > 0 && !partial.includes(delta)) partial.push(delta);
  }
  options.review(tallies);
  const written = late > 0 ? await applyStaged(client, delta) : 0;
  if (written !== late) throw damaged(target, `${late} late rows were to be written and ${written} were`);
  return { late, partial };
}

/** Reads the table back under the new key and compares with what was read under the old one. */
async function verifyTable(
  client: Client,
  xid: string,
  table: StagedTable,
  partial: readonly StagingTable[],
  { keys, onProgress, signal }: CutoverOptions,
): Promise<TableCounts> {
  const digest = table.digest.sibling();
  let done = 0;
  const onRows = (count: number) => {
    done += count;
    onProgress({ step: 'verifying', done, total: table.staged.rows });
  };
  onRows(0);
  const counts = await readBack(client, table.target, { key: keys.to, xid, partial, digest, onRows, signal });
  if (digest.equals(table.digest)) return counts;
  throw damaged(table.target, 'read back under the new key, its values are not what they were');
}

function damaged(target: TableTarget, what: string): KeelError {
  return new KeelError(
    'verification-failed',
    `the check before COMMIT failed for ${target.label}: ${what}; everything was rolled back, nothing was changed`,
    'look for triggers, rules or replicas that write to the table, then rehearse again',
  );
}
