import type { EncryptedColumn } from '#contract/inventory';
import type { RunPhases } from '#contract/rotation';
import type { Undropped } from '#rewrite/keel-schema';
import type { CutoverResult, StagedTable } from './cutover.ts';
import type { KeyPair } from './decision.ts';
import type { TableCounters } from './table-rewriter.ts';

/** A staged table with what was ruled on its values. */
export type ReviewedTable = StagedTable & { readonly counters: TableCounters };

export interface RunResult {
  /** Rows written. */
  readonly rows: number;
  /** Values left as they were because they open with no known key, or are too short to tell. */
  readonly excluded: number;
  readonly already: number;
  readonly ambiguous: number;
  readonly lockMs: number;
  readonly totalMs: number;
  readonly phases: RunPhases;
  readonly columns: readonly ColumnResult[];
  /** Present where the server refused to drop staging tables. */
  readonly undropped?: Undropped;
}

export interface ColumnResult {
  readonly entry: EncryptedColumn;
  /** Values now under the new key, read back and compared. */
  readonly rewritten: number;
  /** Values left byte for byte, for whatever reason. */
  readonly left: number;
  readonly excluded: number;
  readonly already: number;
  /** Evidence for the old key over all values, in bits. */
  readonly bits: number;
}

/** A cutover that is about to be committed, or rolled back. */
export interface ComparedCutover extends CutoverResult {
  /** Milliseconds (process clock) at which all of it had been compared. */
  readonly comparedAt: number;
}

/** What a run did, from its counts and its clock. */
export function summarise(
  tables: readonly ReviewedTable[],
  { rows, counts, ...cutover }: ComparedCutover,
  keys: KeyPair,
  clock: { readonly startedAt: number; readonly endedAt: number },
): RunResult {
  const columns = tables.flatMap(({ counters }, table) =>
    counters.flatMap((forms, column) =>
      forms.map((counter, form): ColumnResult => {
        const { rewritten, left } = counts[table]?.at(column, form) ?? { rewritten: 0, left: 0 };
        // with one key in question, whatever was left opens under none, is too short to tell, or holds nothing
        const excluded = keys.toMayBePresent
          ? counter.unopened + counter.leftShort
          : Math.max(0, left - counter.empty);
        return {
          entry: counter.entry,
          rewritten,
          left,
          excluded,
          already: counter.already,
          bits: counter.statistics.bits,
        };
      }),
    ),
  );
  const sum = (of: (column: ColumnResult) => number) =>
    columns.reduce((total, column) => total + of(column), 0);
  return {
    rows,
    excluded: sum((column) => column.excluded),
    already: sum((column) => column.already),
    ambiguous: tables
      .flatMap(({ counters }) => counters.flat())
      .reduce((total, counter) => total + counter.ambiguous, 0),
    ...timesOf({ ...cutover, ...clock }),
    columns,
  };
}

interface RunClock {
  readonly startedAt: number;
  readonly lockingAt: number;
  readonly lockedAt: number;
  readonly writtenAt: number;
  readonly comparedAt: number;
  readonly endedAt: number;
}

/** Each moment is rounded, and not each span, so that the spans add up. */
function timesOf(clock: RunClock): Pick<RunResult, 'lockMs' | 'totalMs' | 'phases'> {
  const at = (moment: keyof RunClock) => Math.round(clock[moment] - clock.startedAt);
  return {
    lockMs: at('endedAt') - at('lockedAt'),
    totalMs: at('endedAt'),
    phases: {
      prepareMs: at('lockingAt'),
      waitMs: at('lockedAt') - at('lockingAt'),
      writeMs: at('writtenAt') - at('lockedAt'),
      compareMs: at('comparedAt') - at('writtenAt'),
      commitMs: at('endedAt') - at('comparedAt'),
    },
  };
}
