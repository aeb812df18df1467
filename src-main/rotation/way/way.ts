import type { Client } from 'pg';
import type { TableTarget } from '#postgres/table-target';
import type { StagingTable } from '#rewrite/staging-table';
import type { UpdateTrigger } from '#rewrite/triggers';
import type { JournalStatus } from '#rotation/run/journal';

/** A table on its way through the cutover, as far as a way has to know it. */
export interface TableOnItsWay {
  readonly target: TableTarget;
  readonly staging: StagingTable;
  /** Boolean SQL: the row is known to be written under the key that the run's `markMeans` names. */
  readonly mark: string;
}

/** Staging tables of what the cutover finds not written: those rows, and what they are rewritten to. */
export interface LateTables {
  readonly changed: StagingTable;
  readonly delta: StagingTable;
}

/**
 * How a run does what not every engine can: what it reads of a row to find it again, how it stages rows, keeps writers out, tells the rows
 * that it wrote from those that it did not, and writes its journal. Everything else is the same for all.
 */
export interface RotationWay {
  /** Staged rows are all checked before the transaction, which others may disturb, rather than beside it. */
  readonly checksFirst: boolean;
  /** How often the transaction is tried while the server says that it collided with another one. */
  readonly attempts: number;
  /** The table, with what is read of each row to find it again. */
  withIdentity(target: TableTarget): TableTarget;
  /** Boolean SQL: the row was written by that transaction; never true where the engine does not tell. */
  markOf(xid: string | undefined): string;
  /** Makes Keel's schema, and looks at the journal before anything is staged; makes it where the transaction cannot. */
  prepareJournal(client: Client): Promise<JournalStatus>;
  /** Makes the journal ready for an entry, at the beginning of the transaction. */
  openJournal(client: Client, was: JournalStatus): Promise<void>;
  /** Removes a journal that this run made and wrote nothing to. */
  dropJournal(client: Client, was: JournalStatus): Promise<void>;
  /** Creates a staging table, or empties it where rows are staged `again`, and fills it with rows as `encodeRow` writes them. */
  stage(client: Client, staging: StagingTable, rows: AsyncIterable<Buffer>, again: boolean): Promise<void>;
  /** Adds such rows to a staging table that is there. */
  append(client: Client, staging: StagingTable, rows: AsyncIterable<Buffer>): Promise<void>;
  /** Makes what the transaction needs and cannot make itself. */
  prepareLate(client: Client, late: readonly LateTables[]): Promise<void>;
  /** Starts the transaction; its id, or `untoldXid`, and that of the server process. */
  begin(client: Client): Promise<{ xid: string; backendPid: number }>;
  /** Keeps writers out, where the engine can, and switches triggers off; answers for each table whether its UPDATE is all that writes there then. */
  lock(
    client: Client,
    targets: readonly TableTarget[],
    triggers: readonly UpdateTrigger[],
    timeoutMs: number,
  ): Promise<boolean[]>;
  /** How many rows of each locked table hold anything, by another connection; undefined where that could change. */
  countFilled(reader: Client, targets: readonly TableTarget[]): Promise<number[] | undefined>;
  /** Puts the rows that the transaction has not written into `late.changed`; their number. `late.delta` is there afterwards where there are any. */
  collectLate(client: Client, table: TableOnItsWay, late: LateTables, xid: string): Promise<number>;
  /** Asserts that `written` rows of the table hold what was staged for them. Throws `verification-failed`. */
  assertApplied(
    client: Client,
    target: TableTarget,
    stagings: readonly StagingTable[],
    xid: string,
    written: number,
  ): Promise<void>;
}
