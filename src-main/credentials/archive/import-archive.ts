import type { Inventory } from '#contract/inventory';
import type { StreamOpener } from '#crypto/age-stream';
import type { EncryptionKey } from '#crypto/encryption-key';
import type { Secret } from '#crypto/secret';
import { KeelError } from '#errors/keel-error';
import { fromDriverError } from '#postgres/connection-errors';
import { copyInto } from '#postgres/row-stream';
import type { TableTarget } from '#postgres/table-target';
import { assertApplied, damaged } from '#rewrite/applied';
import { assertNoStops, type Finding } from '#rewrite/finding';
import { cleanUp, ensureKeelSchema } from '#rewrite/keel-schema';
import { endLeftSessions } from '#rewrite/left-sessions';
import { lockAsFound } from '#rewrite/lock-as-found';
import { refusedWrite } from '#rewrite/refused-write';
import type { RewriteSession } from '#rewrite/session';
import { applyStaged, createStagingTable, type StagingTable, stagingTable } from '#rewrite/staging-table';
import { disableTriggers, restoreTriggers, withoutObstacle } from '#rewrite/triggers';
import { beginWriting, checkDeferred } from '#rewrite/writing-transaction';
import { fitArchive } from './archive-fit.ts';
import { differing } from './archive-differences.ts';
import type { ArchiveHeader } from './archive-form.ts';
import { type ArchiveReading, readArchive } from './archive-reader.ts';
import { type ArchivedRows, ephemeralKey, loadArchive } from './archived-rows.ts';
import {
  type ArchiveComparison,
  compareRows,
  ComparisonCounter,
  countMissingRows,
} from './compare-archive.ts';
import { type AcceptableImportStop, checkImport, type ImportPreflight } from './import-findings.ts';
import { importOutcome } from './import-outcome.ts';
import { assertImportable, writtenValues } from './import-review.ts';
import { checkStagedRows, stagedRows } from './import-staging.ts';
import { readWriteBack } from './write-back.ts';
import { formatCount } from '#shared/counted';

/** The steps of an import, in order, as they are announced. */
export type ImportStep =
  | 'checking the server'
  | 'reading the archive'
  | 'comparing rows'
  | 'checking'
  | 'locking'
  | 'writing'
  | 'verifying'
  | 'committing';

export interface ImportRequest {
  readonly path: string;
  readonly opener: StreamOpener;
  /** The key that the database is under. */
  readonly key: EncryptionKey;
  readonly inventory?: Inventory | undefined;
  /** As the archive's header would name this database. */
  readonly database: string;
  readonly accepted: readonly AcceptableImportStop[];
  readonly lockTimeoutMs: number;
  readonly onFindings?: (findings: readonly Finding[]) => void;
  readonly onProgress?: (step: ImportStep, done: number, total?: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/** How an import ends: rolled back as a rehearsal, or committed once the admin has confirmed what it would write. */
export type ImportMode =
  | { readonly rehearsal: true }
  | { readonly rehearsal: false; readonly confirm: (planned: ImportPlan) => Promise<void> };

export interface ImportPlan extends ArchiveComparison {
  readonly header: ArchiveHeader;
  /** Values that are written, and the rows that they are in. */
  readonly values: number;
  readonly rows: number;
  /** Values that are left different: what verifying the archive finds afterwards, if nobody else writes. */
  readonly remaining: number;
}

export interface Imported extends ImportPlan {
  readonly rehearsal: boolean;
  readonly lockMs: number;
  readonly totalMs: number;
}

/**
 * Writes an archive's credentials back into the rows that they came from, under the database's key: only those that differ or, where
 * accepted, are missing from their rows, in one transaction, read back and compared before COMMIT. The key is proven first. Whatever
 * is thrown, nothing was changed.
 */
export async function importArchive(
  session: RewriteSession,
  request: ImportRequest,
  mode: ImportMode,
): Promise<Imported> {
  const startedAt = performance.now();
  const progress: NonNullable<ImportRequest['onProgress']> = (...report) => request.onProgress?.(...report);
  let committing = false;
  const cancel = () => {
    // what the server has been told to commit is not interrupted any more
    if (!committing) session.cancel();
  };
  request.signal?.addEventListener('abort', cancel);
  const reading = await readArchive(request.path, request.opener);
  using packedKey = ephemeralKey();
  try {
    progress('checking the server', 0);
    const staged = await stageArchive(session, request, reading, packedKey);
    const { plan, tables, preflight } = staged;
    progress('checking', plan.rows);
    for (const { archived, staging, rows } of tables) {
      const client = staging.place === 'temporary' ? session.writer : session.reader;
      await checkStagedRows(client, archived, staging, { ...request, packedKey, expected: rows });
    }
    if (!mode.rehearsal) await mode.confirm(plan);
    request.signal?.throwIfAborted();
    const { xid } = await beginWriting(session.writer);
    const lockedAt = await writeStaged(session, request, tables, preflight, xid);
    request.signal?.throwIfAborted();
    progress('committing', plan.rows);
    committing = !mode.rehearsal;
    if (mode.rehearsal) await session.writer.query('ROLLBACK');
    else
      await commit(session, { xid, rows: plan.rows, targets: tables.map(({ staging }) => staging.target) });
    const endedAt = performance.now();
    const times = { lockMs: Math.round(endedAt - lockedAt), totalMs: Math.round(endedAt - startedAt) };
    return { ...plan, rehearsal: mode.rehearsal, ...times };
  } catch (error) {
    if (!request.signal?.aborted || committing) {
      throw refusedWrite(error) ?? fromDriverError(error, 'writing the archive back');
    }
    const message = 'the import was cancelled and rolled back; nothing was changed';
    throw new KeelError('cancelled', message, 'start it again when you are ready', { cause: error });
  } finally {
    request.signal?.removeEventListener('abort', cancel);
    await reading.entries.return(undefined);
    await cleanUp(session).catch(() => undefined);
  }
}

interface StagedTable {
  readonly archived: ArchivedRows;
  readonly staging: StagingTable;
  readonly rows: number;
}

/** Everything before the transaction: preflight, the comparison of all rows, and the rows that change in staging tables. */
async function stageArchive(
  session: RewriteSession,
  request: ImportRequest,
  reading: ArchiveReading,
  packedKey: Secret,
): Promise<{ plan: ImportPlan; tables: StagedTable[]; preflight: ImportPreflight }> {
  const { reader, writer, id } = session;
  const { header } = reading;
  const { key, accepted, signal, database } = request;
  const fitting = await fitArchive(reader, header, request.inventory);
  const preflight = await checkImport(session, header, fitting, database, accepted);
  request.onFindings?.(preflight.findings);
  assertNoStops(preflight.findings);
  const loaded = await loadArchive(reader, reading, fitting, packedKey, {
    signal,
    onValues: (done) => request.onProgress?.('reading the archive', done),
  });
  if (preflight.place === 'schema') await ensureKeelSchema(writer);
  const counter = new ComparisonCounter(loaded.rows);
  const isWritten = writtenValues(accepted);
  const total = header.tables.reduce((sum, table) => sum + table.rows, 0);
  const tables: StagedTable[] = [];
  let done = 0;
  let values = 0;
  for (const [number, archived] of loaded.rows.entries()) {
    const staging = stagingTable(archived.table.target, id, number, preflight.place);
    await createStagingTable(writer, staging);
    let rows = 0;
    const writeBack = await readWriteBack(reader, archived.table, key);
    const changed = async function* () {
      for await (const batch of compareRows(reader, archived, { key, packedKey }, writeBack)) {
        using _ = batch;
        signal?.throwIfAborted();
        for (const row of batch.rows) counter.add(archived, row);
        values += batch.rows.reduce((sum, row) => sum + row.values.filter(isWritten).length, 0);
        const staged = await stagedRows(key, batch.rows, isWritten, writeBack);
        rows += staged.length;
        yield staged;
        done += batch.rows.length;
        request.onProgress?.('comparing rows', done, total >= done ? total : undefined);
      }
    };
    await copyInto(writer, staging.sql, changed());
    await countMissingRows(reader, archived, counter);
    await writer.query(`ANALYZE ${staging.sql}`);
    tables.push({ archived, staging, rows });
  }
  const comparison = counter.result();
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  const remaining = differing(comparison.columns) - values;
  const plan = { ...comparison, header, values, rows, remaining };
  assertImportable(plan, key, accepted);
  return { plan, tables, preflight };
}

/** The transaction up to its end: the same chain of equalities as a rotation's. Answers when the locks were held. */
async function writeStaged(
  { writer }: RewriteSession,
  { lockTimeoutMs, signal, onProgress }: ImportRequest,
  tables: readonly StagedTable[],
  { triggers }: ImportPreflight,
  xid: string,
): Promise<number> {
  const disabled = withoutObstacle(triggers);
  onProgress?.('locking', 0);
  const targets = tables.map(({ archived }) => archived.table.target);
  await lockAsFound(writer, targets, triggers, lockTimeoutMs);
  const lockedAt = performance.now();
  await writer.query("SET LOCAL work_mem = '256MB'; SET LOCAL jit = off");
  await disableTriggers(writer, disabled);
  let done = 0;
  for (const { archived, staging, rows } of tables) {
    signal?.throwIfAborted();
    const { target } = archived.table;
    onProgress?.('writing', done);
    const written = await applyStaged(writer, staging);
    if (written !== rows) {
      throw damaged(
        target,
        `${formatCount(rows - written)} of ${formatCount(rows)} rows were changed by another session in the meantime`,
      );
    }
    onProgress?.('verifying', done);
    await assertApplied(writer, target, [staging], xid, written);
    done += written;
  }
  await checkDeferred(writer);
  await restoreTriggers(writer, disabled);
  return lockedAt;
}

interface Written {
  readonly xid: string;
  readonly rows: number;
  readonly targets: readonly TableTarget[];
}

/** A COMMIT whose answer was lost is settled by the rows that are there. */
async function commit(session: RewriteSession, written: Written): Promise<void> {
  try {
    await session.writer.query('COMMIT');
  } catch (error) {
    const outcome = await whatBecameOf(session, written).catch(() => undefined);
    if (outcome === 'committed') return;
    if (outcome === 'rolled-back') {
      const message = 'the connection was lost during COMMIT, and no row was written: nothing was changed';
      throw new KeelError('connection-lost', message, 'check the server log, then run it again', {
        cause: error,
      });
    }
    throw new KeelError(
      'rotation-unsettled',
      'the connection was lost at COMMIT, and the server does not report the outcome: either all of the archive was written back, or nothing',
      'verify the archive against the database',
      { cause: error },
    );
  }
}

async function whatBecameOf(session: RewriteSession, written: Written) {
  await using client = await session.open();
  await endLeftSessions(client, session);
  return importOutcome(client, written.targets, written);
}
