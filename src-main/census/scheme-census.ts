import type { Client } from 'pg';
import type { SoughtForm } from '#applications/of-inventory';
import type { EncryptedColumn, Inventory } from '#contract/inventory';
import { findSchemeColumns, type SchemeColumn, slowValuesOf } from '#discovery/foreign/scheme-columns';
import { derivationsOf, type SlowValues } from '#discovery/foreign/slow-values';
import { layoutOf } from '#forms/entry';
import { formatLayout, isSlowToDerive } from '#forms/layout';
import { meansTheSame } from '#discovery/same-place';
import { type CatalogTable, readCatalog } from '#postgres/catalog';
import { endsReading, fromDriverError } from '#postgres/connection-errors';
import { readCopy } from '#postgres/copy-reader';
import { fieldsOf, rowSizes, wholeRows } from '#postgres/copy-rows';
import { qualifiedName } from '#postgres/identifiers';
import { barsReading } from '#postgres/ownership/table-ownership';
import type { Sample } from '#postgres/sample';
import { readExpression } from '#postgres/table-target';
import type { Derivations } from '#shared/derivations';
import { columnPath } from '#shared/column-path';
import { openedOf } from '#shared/opened-values';
import { type CensusKeys, fingerprintsOf } from './census-keys.ts';
import type { Census, CensusPlace } from './census-result.ts';
import type { UnreadPlace } from './relations.ts';

/** What a census of another application's values cannot see. */
const scope =
  'A census of another application cannot see: values in formats that Keel does not know of that application; values inside other decrypted values; what views and functions compute; large objects; rows of prepared transactions until they are committed; deleted rows and dropped columns; the planner’s statistics; write-ahead logs and backups; other databases; the server’s files and memory.';

/** From here on chance is out of the question. */
const certainBits = 64;

export interface SchemeCensusOptions extends Pick<CensusKeys, 'keys'> {
  /** The forms in which values are looked for. */
  readonly forms: readonly SoughtForm[];
  /** Values in these columns, in the listed form, are reported as in the inventory. */
  readonly inventory?: Inventory | undefined;
  /** Where it was read already. */
  readonly catalog?: readonly CatalogTable[];
  readonly onTable?: ((done: number, total: number, table: string) => void) | undefined;
  /** Hears of values whose keys are slow to derive, before any is. Their number takes a reading of its own. */
  readonly onDerivations?: ((derivations: Derivations) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A place, and by how much it is under a key. */
interface Tally {
  readonly entry: EncryptedColumn;
  readonly key: string;
  values: number;
  bits: number;
}

/**
 * What `takeCensus` is for Ballast's values, for those of another application: reads every row of every table that the role may read, and
 * tries every text in the forms of the application under every key. Only reads. Throws a lost connection, and being cancelled.
 */
export async function takeSchemeCensus(
  client: Client,
  { keys, forms, inventory, catalog, onTable, onDerivations, signal }: SchemeCensusOptions,
): Promise<Census> {
  const beganAt = new Date().toISOString();
  const toRead = (catalog ?? (await readCatalog(client))).filter(
    ({ kind, columns }) => kind !== 'partition' && columns.length > 0,
  );
  const [anyKey] = keys;
  if (onDerivations && anyKey) {
    const slow = await countSlow(client, toRead, forms, signal);
    const derivations = await derivationsOf(slow, anyKey, keys.length);
    if (derivations) onDerivations(derivations);
  }
  const tallies = new Map<string, Tally>();
  const unread: UnreadPlace[] = [];
  let [tables, cells, bytes] = [0, 0, 0];
  for (const [done, table] of toRead.entries()) {
    signal?.throwIfAborted();
    onTable?.(done, toRead.length, nameOf(table));
    const barred = barredFrom(table);
    if (barred !== undefined) {
      unread.push({ schema: table.schema, table: table.name, reason: barred });
      continue;
    }
    try {
      for await (const rows of readRows(client, table)) {
        signal?.throwIfAborted();
        const sample = asSample(table, rows);
        for (const key of keys) {
          for (const found of await findSchemeColumns(table, sample, key, { forms, triesAll: true }))
            addTo(tallies, key.fingerprint, found);
        }
        for (const row of rows) {
          cells += row.length;
          bytes += row.reduce((sum, field) => sum + (field?.length ?? 0), 0);
        }
      }
      tables++;
    } catch (error) {
      const failure = fromDriverError(error, `reading ${nameOf(table)}`);
      if (endsReading(failure, signal)) throw failure;
      unread.push({ schema: table.schema, table: table.name, reason: failure.message });
    }
  }
  return {
    ...fingerprintsOf({ keys }),
    places: [...tallies.values()].map((tally) => placeOf(tally, inventory)),
    unread,
    scope,
    tables,
    cells,
    bytes,
    beganAt,
    endedAt: new Date().toISOString(),
  };
}

/** Values whose keys are slow to derive. Says nothing of tables that cannot be read: the census does. */
async function countSlow(
  client: Client,
  tables: readonly CatalogTable[],
  forms: readonly SoughtForm[],
  signal: AbortSignal | undefined,
): Promise<SlowValues[]> {
  const found = new Map<string, SlowValues>();
  if (!forms.some(({ layout }) => isSlowToDerive(layout))) return [];
  for (const table of tables.filter((one) => barredFrom(one) === undefined)) {
    try {
      for await (const rows of readRows(client, table)) {
        signal?.throwIfAborted();
        for (const one of slowValuesOf(table, asSample(table, rows), { forms, triesAll: true })) {
          const name = `${one.place} ${formatLayout(one.layout)}`;
          found.set(name, { ...one, values: one.values + (found.get(name)?.values ?? 0) });
        }
      }
    } catch (error) {
      const failure = fromDriverError(error, `reading ${nameOf(table)}`);
      if (endsReading(failure, signal)) throw failure;
    }
  }
  return [...found.values()];
}

/** Why a table is not read; undefined where it is. */
function barredFrom({ kind, ownership }: CatalogTable): string | undefined {
  return kind === 'foreign' ? 'a foreign table' : ownership && barsReading(ownership);
}

function asSample(table: CatalogTable, rows: (Buffer | null)[][]): Sample {
  return { columns: [...table.columns, ...table.ivColumns], rows, unread: [] };
}

async function* readRows(client: Client, table: CatalogTable): AsyncGenerator<(Buffer | null)[][]> {
  const columns = [...table.columns, ...table.ivColumns].map((column) => readExpression('t', column));
  const name = qualifiedName(table.schema, table.name);
  const select = `SELECT ${columns.join(', ')} FROM ${name} AS t`;
  for await (const batch of wholeRows(readCopy(client, select, { sizes: rowSizes })))
    yield Array.from({ length: batch.rows }, (_, row) => [...fieldsOf(batch, row)]);
}

function addTo(tallies: Map<string, Tally>, key: string, { entry, figures }: SchemeColumn): void {
  const name = JSON.stringify([columnPath(entry), entry.layout, key]);
  const tally = tallies.get(name) ?? { entry, key, values: 0, bits: 0 };
  tally.values += openedOf(figures);
  tally.bits += figures.bits;
  tallies.set(name, tally);
}

function placeOf({ entry, key, values, bits }: Tally, inventory: Inventory | undefined): CensusPlace {
  const { schema, table, column, path, layout } = entry;
  const isListed = inventory?.columns.some((one) => isOf(one, entry)) ?? false;
  return {
    schema,
    table,
    column,
    ...(path !== undefined && { path }),
    ...(layout !== undefined && { form: layout }),
    key,
    values,
    inInventory: isListed,
    rows: [],
    certain: bits >= certainBits,
    bits,
    ...(!isListed && { proposal: entry }),
  };
}

/** Whether an entry of the inventory is for these values: another form in the same place is not rotated with it. */
function isOf(listed: EncryptedColumn, found: EncryptedColumn): boolean {
  return meansTheSame(listed, found) && layoutTextOf(listed) === layoutTextOf(found);
}

function layoutTextOf(entry: EncryptedColumn): string {
  return formatLayout(layoutOf(entry));
}

function nameOf({ schema, name }: CatalogTable): string {
  return `${schema}.${name}`;
}
