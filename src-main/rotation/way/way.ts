import type { Client } from 'pg';
import type { TableTarget } from '#postgres/table-target';
import type { StagingTable } from '#rewrite/staging-table';
import type { UpdateTrigger } from '#rewrite/triggers';
import type { JournalStatus } from '#rotation/run/journal';

/** A table in the cutover, as far as a way has to know it. */
export interface TableOnItsWay {
  readonly target: TableTarget;
  readonly staging: StagingTable;
  /** Boolean SQL: the row is known to be encrypted with the key that the run's `markMeans` names. */
  readonly mark: string;
}

/** Staging tables for what the cutover finds not written: those rows, and what they are rewritten to. */
export interface LateTables {
  readonly changed: StagingTable;
  readonly delta: StagingTable;
}

/**
 * How a run does what not every engine supports: what it reads of a row to find it again, how it stages rows,
 * blocks writers, distinguishes the rows that it wrote from those that it did not, and writes its journal.
 * Everything else is the same for all.
 */
export interface RotationWay {
  /**
   * All staged rows are checked before the transaction, which others may disturb, instead of in parallel with
   * it.
   */
  readonly checksFirst: boolean;
  /** How often the transaction is tried while the server reports that it collided with another one. */
  readonly attempts: number;
  /** The table, with what is read of each row to find it again. */
  withIdentity(target: TableTarget): TableTarget;
  /** Boolean SQL: the row was written by that transaction; never true if the engine does not tell. */
  markOf(xid: string | undefined): string;
  /**
   * Creates Keel's schema, and checks the journal before anything is staged; creates it if the transaction
   * cannot.
   */
  prepareJournal(client: Client): Promise<JournalStatus>;
  /** Prepares the journal for an entry, at the beginning of the transaction. */
  openJournal(client: Client, was: JournalStatus): Promise<void>;
  /**
   * Removes a journal that this run created and wrote nothing to, unless another run could be writing to it.
   */
  dropJournal(client: Client, was: JournalStatus): Promise<void>;
  /**
   * Creates a staging table, or empties it if rows are staged `again`, and fills it with rows as `encodeRow`
   * writes them.
   */
  stage(client: Client, staging: StagingTable, rows: AsyncIterable<Buffer>, again: boolean): Promise<void>;
  /** Adds such rows to an existing staging table. */
  append(client: Client, staging: StagingTable, rows: AsyncIterable<Buffer>): Promise<void>;
  /** Creates what the transaction needs and cannot create itself. */
  prepareLate(client: Client, late: readonly LateTables[]): Promise<void>;
  /** Starts the transaction. Returns its id, or `untoldXid`, and that of the server process. */
  begin(client: Client): Promise<{ xid: string; backendPid: number }>;
  /**
   * Blocks writers and asserts that the tables and their `triggers` are as preflight found them, if the engine can, and disables the triggers
   * that this role may disable. Returns whether nothing but an UPDATE of these tables writes to any of them then: what one of them runs
   * could write to all.
   */
  lock(
    client: Client,
    targets: readonly TableTarget[],
    triggers: readonly UpdateTrigger[],
    timeoutMs: number,
  ): Promise<boolean>;
  /**
   * How many rows of each locked table have any value, by another connection; undefined if that could change.
   */
  countFilled(reader: Client, targets: readonly TableTarget[]): Promise<number[] | undefined>;
  /**
   * Stages the rows that the transaction has not written in `late.changed`. Returns their number.
   * `late.delta` exists afterwards if there are any.
   */
  collectLate(client: Client, table: TableOnItsWay, late: LateTables, xid: string): Promise<number>;
  /**
   * Asserts that `written` rows of the table contain what was staged for them. Throws `verification-failed`.
   */
  assertApplied(
    client: Client,
    target: TableTarget,
    stagings: readonly StagingTable[],
    xid: string,
    written: number,
  ): Promise<void>;
}
