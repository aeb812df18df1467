import type { Client } from 'pg';
import type { EncryptedColumn, Inventory } from '#contract/inventory';
import { sealStream, type StreamSeal } from '#crypto/age-stream';
import type { EncryptionKey } from '#crypto/encryption-key';
import { writeDurably } from '#storage/durable-file';
import { KeelError } from '#errors/keel-error';
import { text } from '#errors/text';
import { ColumnStatistics, overallVerdict } from '#evidence/column-statistics';
import { fromDriverError } from '#postgres/connection-errors';
import type { Form } from '#forms/entry';
import { streamRows } from '#postgres/row-stream';
import { type ArchivedTable, type ArchiveHeader, archiveMark, type ArchiveTrailer } from './archive-form.ts';
import { type CredentialTable, credentialTables, readRow, selectRows } from '#credentials/credential-table';
import { entryLine } from '#credentials/entry-line';
import { type OpenedValue, openValues } from '#credentials/open-values';
import { identityOf } from '#credentials/read-credentials';

export interface ExportRequest {
  readonly inventory: Inventory;
  readonly key: EncryptionKey;
  /** A file that does not exist yet. */
  readonly path: string;
  readonly seal: StreamSeal;
  /** For the person who opens it years later. */
  readonly environment: string;
  readonly database: string;
  /** Base-2 logarithm of the scrypt cost; tests lower it. */
  readonly workFactor?: number;
  readonly onRows?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

export interface ExportedColumn {
  readonly entry: EncryptedColumn;
  readonly archived: number;
  /** Values that the key does not open: users' own, or damaged ones. They are not in the archive. */
  readonly unopened: number;
}

export interface Exported extends Omit<ArchiveTrailer, 'end'> {
  readonly createdAt: string;
  readonly columns: readonly ExportedColumn[];
}

/**
 * Writes every credential that the key opens to a new file, sealed: nothing is ever on disk in clear. The rows are those of one
 * moment, and the database is only read. Memory is that of a batch. Throws `key-wrong` or `key-unproven` where the values do
 * not prove the key, `file-exists`, `file-unwritable`; there is no file then.
 */
export async function exportArchive(client: Client, request: ExportRequest): Promise<Exported> {
  const { inventory, path, seal, workFactor } = request;
  const tables = await credentialTables(client, inventory);
  const counter = new Map<Form, FormCounts>();
  for (const targetForm of tables.flatMap(({ target }) => target.columns.flatMap(({ forms }) => forms))) {
    counter.set(targetForm, {
      statistics: new ColumnStatistics(targetForm.layout),
      archived: 0,
      unopened: 0,
    });
  }
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  const header = await headerOf(client, tables, request);
  let rows = 0;
  async function* lines(): AsyncGenerator<Uint8Array> {
    yield jsonLine(header);
    const total = header.tables.reduce((sum, table) => sum + table.rows, 0);
    for (const table of tables) {
      for await (const batch of streamRows(client, selectRows(table))) {
        request.signal?.throwIfAborted();
        using open = await openValues(
          table.target,
          request.key,
          batch.map((fields) => readRow(table, fields)),
        );
        const entries = open.values
          .filter((value) => countInto(counter, value))
          .map((value) => lineOf(table, value));
        if (entries.length > 0) yield joinAndWipe(entries);
        rows += batch.length;
        request.onRows?.(rows, total);
      }
    }
    assertProven([...counter.values()], request.key);
    yield jsonLine(trailerOf(rows, counter));
  }
  await writeDurably(path, sealStream(lines(), seal, workFactor), { mustBeNew: true });
  await client.query('COMMIT');
  const { end: _, ...counts } = trailerOf(rows, counter);
  return {
    ...counts,
    createdAt: header.createdAt,
    columns: [...counter].map(([{ entry }, { archived, unopened }]) => ({ entry, archived, unopened })),
  };
}

interface FormCounts {
  readonly statistics: ColumnStatistics;
  archived: number;
  unopened: number;
}

async function headerOf(
  client: Client,
  tables: readonly CredentialTable[],
  { environment, database, key }: ExportRequest,
): Promise<ArchiveHeader> {
  const archived: ArchivedTable[] = [];
  for (const table of tables) {
    const { catalog, identity, columns } = table.target;
    const { rows } = await client
      .query(`SELECT count(*)::int8 AS rows FROM (${selectRows(table)}) AS r`)
      .catch((error: unknown) => {
        throw fromDriverError(error, `counting the rows of ${table.target.label}`);
      });
    archived.push({
      schema: catalog.schema,
      table: catalog.name,
      key: identity.kind === 'key' ? identity.columns.map(({ name }) => name) : [],
      rows: Number(rows[0].rows),
      columns: columns.flatMap(({ forms }) => forms.map(({ entry }) => entry)),
    });
  }
  return {
    archive: archiveMark,
    version: 1,
    environment,
    database,
    fingerprint: key.fingerprint,
    createdAt: new Date().toISOString(),
    tables: archived,
  };
}

/** Whether the value goes into the archive. */
function countInto(counter: Map<Form, FormCounts>, { targetForm, judged, secret }: OpenedValue): boolean {
  const counts = counter.get(targetForm) as FormCounts;
  if (judged) counts.statistics.add(judged);
  else counts.statistics.addUnrecognised();
  if (secret) counts.archived++;
  else counts.unopened++;
  return secret !== undefined;
}

function lineOf(table: CredentialTable, value: OpenedValue): Buffer {
  const identity = identityOf(table, value);
  // a row's place on disk says nothing later on
  const key = table.target.identity.kind === 'key' ? identity.key : {};
  return entryLine({ ...identity, key }, value.secret as Uint8Array);
}

function joinAndWipe(lines: readonly Buffer[]): Buffer {
  const joined = Buffer.concat(lines);
  for (const line of lines) line.fill(0);
  return joined;
}

function trailerOf(rows: number, counter: ReadonlyMap<Form, FormCounts>): ArchiveTrailer {
  const sum = (of: (counts: FormCounts) => number) =>
    [...counter.values()].reduce((total, counts) => total + of(counts), 0);
  return {
    end: archiveMark,
    rows,
    values: sum(({ archived }) => archived),
    unopened: sum(({ unopened }) => unopened),
  };
}

function jsonLine(value: ArchiveHeader | ArchiveTrailer): Buffer {
  return Buffer.from(`${JSON.stringify(value)}\n`, 'utf8');
}

/** An archive of noise would be believed to be one of credentials. */
function assertProven(counters: readonly FormCounts[], key: EncryptionKey): void {
  const results = counters.map(({ statistics }) => statistics.result());
  const verdict = overallVerdict(results);
  if (verdict === 'correct' || verdict === 'mixed' || results.every(({ rows }) => rows === 0)) return;
  const wrong = verdict === 'wrong';
  throw new KeelError(
    wrong ? 'key-wrong' : 'key-unproven',
    wrong
      ? `the key ${key.fingerprint} does not decrypt these columns: the result is noise; no archive was written`
      : `the values are too few or too short to prove the key ${key.fingerprint}; no archive was written`,
    text`find the key that the database is encrypted with; ${{ do: 'prove' }} shows which columns a key decrypts`,
  );
}
