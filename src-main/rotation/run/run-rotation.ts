import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { applicationInWords } from '#applications/of-inventory';
import type { Inventory } from '#contract/inventory';
import type { IvProof } from '#environments/iv-proofs';
import { readCopy } from '#postgres/copy-reader';
import { rowSizes, wholeRows } from '#postgres/copy-rows';
import { pipelined } from '#postgres/pipelined';
import { isCollision, withoutCollision } from '#rotation/way/collision';
import type { Outcome } from '#rotation/settle';
import { wayOf } from '#rotation/way/choose-way';
import type { RotationWay } from '#rotation/way/way';
import { type BeforeCutover, figuresOf } from './before-cutover.ts';
import { cutOver, type CutoverJournal, lateTables, type StagedTable } from './cutover.ts';
import type { AcceptableStop } from '#rewrite/finding';
import { cleanUp, type Undropped, withUndropped } from '#rewrite/keel-schema';
import { correctJournal, type JournalEntry, type JournalStatus, writeJournal } from './journal.ts';
import { asFailure, assertSomethingToDo, cancelled } from './run-failure.ts';
import type { Preflight } from '#rotation/preflight/run-preflight';
import type { OnProgress } from './progress.ts';
import { type ComparedCutover, type ReviewedTable, type RunResult, summarise } from './run-result.ts';
import { reviewProof, reviewCounters } from './review.ts';
import type { KnownRows, KeyPair } from './decision.ts';
import type { RewriteSession } from '#rewrite/session';
import type { FormCounter } from './form-counter.ts';
import { hasShortToLeave, newCounters, spelledAs } from './new-counters.ts';
import { selectSource } from './source-query.ts';
import { stageRows } from './stage.ts';
import { stagingTable } from '#rewrite/staging-table';
import type { TableCounters } from './table-rewriter.ts';
import { checkStaged } from './verify.ts';

export interface RunRequest {
  readonly inventory: Inventory;
  readonly keys: KeyPair;
  readonly excluded: readonly string[];
  readonly accepted: readonly AcceptableStop[];
  readonly lockTimeoutMs: number;
  /** See `PreflightRequest`. */
  readonly ivProofs?: readonly IvProof[];
  readonly known?: KnownRows | undefined;
  readonly onProgress: OnProgress;
  readonly signal?: AbortSignal | undefined;
}

/** How the run ends: rolled back as a rehearsal, or committed, after these calls. */
export type RunMode =
  | { readonly rehearsal: true }
  | {
      readonly rehearsal: false;
      /** Told before the transaction changes any row; must be durable when it returns. */
      readonly beforeCutover: BeforeCutover;
      /** COMMIT was sent and its answer was lost; answers what became of it. */
      readonly settle: () => Promise<Exclude<Outcome, 'untold'>>;
      /** Told at once when COMMIT is certain; whatever is thrown afterwards changes nothing of that. */
      readonly onCommitted: () => void;
      /** Told when the server has no transaction of the session any more. Not told where that cannot be said. */
      readonly onOver: () => void;
    };

/**
 * Staging, cutover, delta, verification, COMMIT or ROLLBACK. On any failure before COMMIT everything is rolled back and
 * the staging tables are dropped; the error names those that stay.
 */
export async function runRotation(
  session: RewriteSession,
  preflight: Preflight,
  request: RunRequest,
  mode: RunMode,
): Promise<RunResult> {
  const startedAt = performance.now();
  let committing = false;
  let result: RunResult | undefined;
  let failure: unknown;
  let journal: JournalStatus = 'ours';
  const way = wayOf(session);
  const dropJournal = (client: Client) => way.dropJournal(client, journal);
  const cancel = () => {
    // what the server has been told to commit is not interrupted any more
    if (!committing) session.cancel();
  };
  request.signal?.addEventListener('abort', cancel);
  try {
    const { place } = preflight;
    const staged = await stageAll(session, preflight, request, way);
    if (staged.journal === 'missing') journal = staged.journal;
    const check = stagedCheck(session, place, staged.tables, request);
    // temporary tables are seen by their own connection only, which the cutover keeps busy
    if (way.checksFirst || place === 'temporary' || staged.ms > longStagingMs) await check();
    const { writer } = session;
    const late = staged.tables.map((table, number) => lateTables(table, session.id, number));
    await way.prepareLate(writer, late);
    const begin = async () => {
      const [cutover] = await pipelined(writer, [
        () => way.begin(writer),
        async () => staged.journal && (await way.openJournal(writer, staged.journal)),
      ]);
      return cutover;
    };
    const attempt = async (number: number): Promise<ComparedCutover> => {
      const cutover = await begin();
      if (!mode.rehearsal && number === 1) await mode.beforeCutover(cutover, figuresOf(staged.tables));
      const done = await cutOver(writer, cutover.xid, {
        ...request,
        rotationId: session.id,
        way,
        reader: session.reader,
        tables: staged.tables,
        journal: place !== 'temporary' && journalOf(session, request, mode, cutover.xid),
        triggers: preflight.triggers,
        markMeans: request.known?.under,
        countersFromZero: (target) => {
          const before = staged.tables.find((table) => table.target === target)?.counters;
          return newCounters(target, request, before);
        },
        review: (counters) => reviewCounters(counters.flat(), request.keys),
        // if the cutover fails first, its error is the one to report
        onLocked: () => void check().catch(() => undefined),
      });
      await check();
      request.signal?.throwIfAborted();
      const compared = { ...done, comparedAt: performance.now() };
      request.onProgress({ step: 'committing', done: done.rows });
      if (mode.rehearsal) await writer.query('ROLLBACK');
      else {
        committing = true;
        await commit(session, mode);
        mode.onCommitted();
        request.onProgress({ step: 'committed', done: done.rows });
      }
      return compared;
    };
    const cutOverResult = await withoutCollision(way.attempts, attempt, async () => {
      committing = false;
      await writer.query('ROLLBACK');
    });
    const endedAt = performance.now();
    result = summarise(staged.tables, cutOverResult, request.keys, { startedAt, endedAt });
  } catch (error) {
    failure = request.signal?.aborted && !committing ? cancelled(error) : asFailure(error);
  }
  request.signal?.removeEventListener('abort', cancel);
  let undropped: Undropped | undefined;
  try {
    undropped = await cleanUp(session, committing ? undefined : dropJournal);
    if (!mode.rehearsal) mode.onOver();
  } catch {
    // the session may still be at work there, which `recover` ends
  }
  if (!result) throw withUndropped(failure, undropped);
  return undropped ? { ...result, undropped } : result;
}

function journalOf(
  { writer, id }: RewriteSession,
  { keys: { from, to } }: RunRequest,
  { rehearsal }: RunMode,
  xid: string,
): CutoverJournal {
  const entry: Omit<JournalEntry, 'rows'> = {
    // a session may rehearse after it rotated, and its own row is in the journal then
    id: rehearsal ? randomUUID() : id,
    from: from.fingerprint,
    to: to.fingerprint,
    xid,
  };
  return {
    write: (rows) => writeJournal(writer, { ...entry, rows }),
    correct: (rows) => correctJournal(writer, { ...entry, rows }),
  };
}

interface StagedAll {
  readonly tables: readonly ReviewedTable[];
  /** What stands where the journal is to be written; undefined where there is none. */
  readonly journal: JournalStatus | undefined;
  readonly ms: number;
}

async function stageAll(
  session: RewriteSession,
  { tables, place }: Preflight,
  request: RunRequest,
  way: RotationWay,
): Promise<StagedAll> {
  const { reader, writer, id } = session;
  const startedAt = performance.now();
  const journal = place === 'temporary' ? undefined : await way.prepareJournal(writer);
  const total = tables.reduce((sum, table) => sum + table.catalog.estimatedRows, 0);
  const mark = way.markOf(request.known?.xid);
  const result: ReviewedTable[] = [];
  let done = 0;
  const onRows = (count: number) => {
    done += count;
    request.onProgress({ step: 'staging', done, ...(total >= done && { total }) });
  };
  onRows(0);
  for (const [number, found] of tables.entries()) {
    const target = way.withIdentity(found);
    const staging = stagingTable(target, id, number, place);
    const select = selectSource(target, { mark });
    const stage = (again: boolean, counters: TableCounters, onRows: (count: number) => void) =>
      stageRows(
        target,
        (rows) => way.stage(writer, staging, rows, again),
        wholeRows(readCopy(reader, select, { sizes: rowSizes })),
        {
          keys: request.keys,
          counters,
          countUntouched: false,
          markMeans: request.known?.under,
          onRows,
          signal: request.signal,
        },
      );
    let counters = newCounters(target, request);
    let staged = await stage(false, counters, onRows);
    const isSpelledAnew = (counter: FormCounter) => {
      const { inEither, isUpper } = spelledAs(counter, [], request);
      return (inEither && !counter.written.inEither) || isUpper !== undefined;
    };
    if (counters.flat().some((counter) => hasShortToLeave(counter, request) || isSpelledAnew(counter))) {
      // which values are too short, and how all are spelled, is known now that all were seen
      counters = newCounters(target, request, counters);
      staged = await stage(true, counters, () => undefined);
    }
    result.push({ target, staging, counters, mark, staged });
  }
  const all = result.flatMap(({ counters }) => counters.flat());
  reviewCounters(all, request.keys);
  reviewProof(all, request.keys, request.accepted);
  assertSomethingToDo(result, all, applicationInWords(request.inventory));
  return { tables: result, journal, ms: performance.now() - startedAt };
}

/**
 * Staging that took longer than this is checked before the lock is taken, so that the lock is short; otherwise beside the
 * cutover, while the server writes, so that the whole is short.
 */
const longStagingMs = 20_000;

/** Checks the staged rows, once: further calls wait for the same check. */
function stagedCheck(
  { reader, writer }: RewriteSession,
  place: Preflight['place'],
  tables: readonly StagedTable[],
  { keys, signal, onProgress }: RunRequest,
): () => Promise<void> {
  const total = tables.reduce((sum, table) => sum + table.staged.rows, 0);
  const client = place === 'temporary' ? writer : reader;
  let done = 0;
  const onRows = (count: number) => {
    done += count;
    onProgress({ step: 'verifying', done, total });
  };
  const checkAll = async () => {
    for (const { staging, staged } of tables) {
      await checkStaged(client, staging, keys, staged.rows, { onRows, signal });
    }
  };
  let running: Promise<void> | undefined;
  return () => (running ??= checkAll());
}

async function commit(session: RewriteSession, mode: RunMode & { rehearsal: false }): Promise<void> {
  try {
    await session.writer.query('COMMIT');
  } catch (error) {
    // that the server rolled it back is its answer
    if (isCollision(error)) throw error;
    if ((await mode.settle()) === 'committed') return;
    throw error;
  }
}
