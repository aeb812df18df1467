import type { Client } from 'pg';
import type { EncryptedColumn } from '#contract/inventory';
import type { EncryptionKey } from '#crypto/encryption-key';
import { CellScanner } from '#evidence/scan/cell-scanner';
import type { Tried } from '#evidence/scan/tried';
import { type Hit, outermost } from '#evidence/scan/hit';
import { type CopyBatch, nullCell, otherBatch } from '#postgres/copy-batches';
import { readCopy } from '#postgres/copy-reader';
import { quoteName } from '#postgres/identifiers';
import { readExpression } from '#postgres/table-target';
import { hasAlikeValues, type OpenForms, openFormsOf } from './alike-members.ts';
import { type Coverage, type CoveredRange, coverageOf } from './covered.ts';
import { CoveredInPlace, type CoveredSink, type KnownValues, type OtherIv } from './covered-in-place.ts';
import { bitsOfIv, type Misread, MisreadRows, takesFirstBytes } from './misread-rows.ts';
import { pathTo } from './paths.ts';
import { isCovered, nothingTried, PlaceCounter, ReportedRuns } from './place-counter.ts';
import type { CensusRelation, UnreadPlace } from './relations.ts';
import { formatCount } from '#shared/counted';

/** What was found in one relation. */
export interface RelationCount {
  readonly relation: CensusRelation;
  readonly places: readonly FoundPlace[];
  readonly unread: readonly UnreadPlace[];
  /** Values that an entry would misread. */
  readonly misread: readonly Misread[];
  /** Columns with hits in values that are written as an entry says, under names that no entry lists. */
  readonly alike: readonly number[];
  readonly cells: number;
  readonly bytes: number;
}

export interface FoundPlace {
  /** Index of the column. */
  readonly column: number;
  readonly counter: PlaceCounter;
  /** How much of the column was tried. */
  readonly tried: Tried;
}

export interface ReadOptions {
  readonly keys: readonly EncryptionKey[];
  /** Entries of the inventory that refer to this relation. */
  readonly entries: readonly EncryptedColumn[];
  readonly onBytes?: (bytes: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads every cell of a relation and tries every span in it with every key. In the caller's transaction;
 * read-only.
 */
export async function readRelation(
  client: Client,
  relation: CensusRelation,
  { keys, entries, onBytes, signal }: ReadOptions,
): Promise<RelationCount> {
  const scanner = new CellScanner(keys);
  const places = new Places(relation, entries);
  const kinds = relation.columns.map(({ shape }) =>
    shape.kind === 'bytes' || shape.kind === 'uuid' ? 'bytes' : 'text',
  );
  const fields = [
    relation.hasPlaces ? 't.ctid' : 'NULL::pg_catalog.text',
    ...relation.columns.map((column) => readExpression('t', column)),
  ];
  for (const [i, { name, shape }] of relation.columns.entries()) {
    // the 16 bytes of a uuid may be an IV
    if (shape.kind === 'uuid') fields[i + 1] = `pg_catalog.uuid_send(t.${quoteName(name)})`;
  }
  let cells = 0;
  let bytes = 0;
  const only = relation.condition === undefined ? '' : ` WHERE ${relation.condition}`;
  const select = `SELECT ${fields.join(', ')} FROM ${relation.sql} AS t${only}`;
  const covered = CoveredInPlace.of(relation.columns, entries, keys);
  for await (const batch of readCopy(client, select, signal ? { signal } : {})) {
    const { data, rows, columns, starts, lengths } = batch;
    const flush = () => places.enter(batch, scanner.flush(), covered);
    const sink: CoveredSink = {
      isPlenty: places.isPlenty,
      count: places.count,
      misread: (found, pairs) => places.misreads(batch, found, pairs),
      onPlaintext: (opened, plaintext, start, end) => {
        scanner.addOpened(opened, plaintext, start, end);
        if (scanner.full) flush();
      },
    };
    for (let row = 0; row < rows; row++) {
      if (covered && row % rowsAtOnce === 0) {
        flush();
        covered.read(batch, { from: row, to: Math.min(rows, row + rowsAtOnce) }, sink);
      }
      for (let column = 1; column < columns; column++) {
        const cell = row * columns + column;
        const length = lengths[cell] as number;
        if (length === nullCell || length === otherBatch) continue;
        const start = starts[cell] as number;
        const kind = kinds[column - 1] as 'bytes' | 'text';
        cells++;
        bytes += length;
        if (covered?.isExplained(cell)) continue;
        scanner.add(row, column - 1, data, start, start + length, kind, covered?.knownIn(cell));
      }
      if (scanner.full) flush();
    }
    flush();
    onBytes?.(bytes);
  }
  const tried = scanner.takeTried();
  return {
    ...{
      relation,
      places: places.found(tried),
      unread: cutCells(relation, tried),
      misread: places.misread(tried),
    },
    ...{ alike: [...places.alike], cells, bytes },
  };
}

/**
 * Rows whose covered values are read together: what the first ones show decides how closely the next are
 * checked.
 */
const rowsAtOnce = 512;

/** Columns with cells that were not searched completely. */
function cutCells(
  { schema, name, columns }: CensusRelation,
  tried: ReadonlyMap<number, Tried>,
): UnreadPlace[] {
  return [...tried]
    .filter(([, { cut }]) => cut > 0)
    .map(([column, { cut }]) => ({
      schema,
      table: name,
      column: columns[column]?.name ?? '',
      reason: cutReason(cut),
    }));
}

/** Why cells were not searched to their end. */
export function cutReason(cells: number): string {
  return `${formatCount(cells)} of its cells contain more nested data (compressed, encrypted or encoded) than Keel searches`;
}

/** Paths looked up for each place; the others are assumed to be among them. */
const pathsLookedUp = 40;

/** The places of a relation as they are found. */
class Places {
  readonly #relation: CensusRelation;
  readonly #openForms: readonly (OpenForms | undefined)[];
  readonly #coverage: readonly Coverage[];
  /** Columns with unlisted values that are written like listed ones. */
  readonly alike = new Set<number>();
  readonly #found = new Map<string, { readonly column: number; readonly counter: PlaceCounter }>();
  readonly #misread = new MisreadRows();
  /** Runs of a column that were counted and not tried. */
  readonly #counted = new Map<number, number>();
  /** The location on disk of a row that is split across batches. */
  #largeRow = '';
  /** Spans of a large cell that were seen in an earlier piece of it. */
  #seen: { row: number; spans: Set<string> } = { row: -1, spans: new Set() };

  /** The covered ranges of the current cell. */
  #covered: { row: number; column: number; ranges: readonly CoveredRange[] } | undefined;

  constructor(relation: CensusRelation, entries: readonly EncryptedColumn[]) {
    this.#relation = relation;
    const own = relation.columns.map(({ name }) => entries.filter(({ column }) => column === name));
    this.#openForms = own.map(openFormsOf);
    this.#coverage = relation.columns.map(({ shape }, i) => coverageOf(own[i] ?? [], shape));
  }

  /** Whether more values of a key in a covered column change only their number. */
  readonly isPlenty = (known: KnownValues): boolean => this.#plentyOf(known) !== undefined;

  /** Counts values of an entry that were not examined more closely. */
  readonly count = (known: KnownValues, values: number): void => {
    this.#plentyOf(known)?.count(known.key, values);
    this.#counted.set(known.column, (this.#counted.get(known.column) ?? 0) + values);
  };

  #plentyOf({ column, entry, key }: KnownValues): PlaceCounter | undefined {
    for (const { column: own, counter } of this.#found.values())
      if (own === column && counter.entry === entry && !counter.isNested && counter.isPlenty(key))
        return counter;
    return undefined;
  }

  /**
   * Adds values of entries that read their first bytes as the IV, and how many pairs of a value and an IV
   * were tried.
   */
  misreads(batch: CopyBatch, found: readonly OtherIv[], pairs: number): void {
    this.#misread.tried(pairs);
    for (const { row, column, entry, key, bits } of found) {
      if (takesFirstBytes(entry)) this.#misread.add(column, entry, key, readPlace(batch, row), bits);
    }
  }

  misread(tried: ReadonlyMap<number, Tried>): Misread[] {
    return this.#misread.found([...tried.values()].reduce((sum, { bodies }) => sum + bodies, 0));
  }

  /** Adds hits of a batch for whose rows `covered` knows values. */
  enter(batch: CopyBatch, hits: readonly Hit[], covered: CoveredInPlace | undefined): void {
    if (batch.part && (batch.lengths[0] as number) === placeLength) this.#largeRow = readPlace(batch, 0);
    this.#covered = undefined;
    const reported = new ReportedRuns();
    for (const hit of hits) {
      if (!this.#wasSeen(batch, hit))
        this.#enter(batch, hit, reported.isAgain(hit) || covered?.isKnown(hit, batch) === true);
    }
  }

  #enter(batch: CopyBatch, hit: Hit, again: boolean): void {
    const cell = cellOf(batch, hit);
    const column = this.#relation.columns[hit.column] as CensusRelation['columns'][number];
    const { shape } = column;
    const isNested = hit.within !== undefined;
    const entry = this.#rangesOf(batch, hit, cell).find((range) => isCovered(hit, range))?.entry;
    if (entry && !isNested && hit.frame === 'sibling' && hit.first === 0 && takesFirstBytes(entry)) {
      const where = batch.part ? this.#largeRow : readPlace(batch, hit.row);
      this.#misread.add(hit.column, entry, hit.key, where, bitsOfIv(hit));
    }
    const id = `${hit.column} ${isNested ? 'within ' : ''}${entry ? `= ${entry.path ?? ''} ${entry.layout}` : '-'}`;
    const place = this.#found.get(id) ?? { column: hit.column, counter: new PlaceCounter(entry, isNested) };
    this.#found.set(id, place);
    const { start, end } = outermost(hit);
    const isLookedUp = !entry && !batch.part && place.counter.hits < pathsLookedUp;
    const path = isLookedUp ? pathTo(cell, shape, { from: start, to: end }) : undefined;
    const open =
      entry || isNested || batch.part || this.alike.has(hit.column) ? undefined : this.#openForms[hit.column];
    if (open && hasAlikeValues(column, open, cell)) this.alike.add(hit.column);
    const row = batch.part ? this.#largeRow : readPlace(batch, hit.row);
    place.counter.add(hit, row, { path, again });
  }

  /** Hits of one cell come one after the other. */
  #rangesOf(batch: CopyBatch, { row, column }: Hit, cell: Buffer): readonly CoveredRange[] {
    const last = this.#covered;
    if (last?.row === row && last.column === column) return last.ranges;
    // in a cell that is larger than a batch, it is not known which leaf is where: an entry of the whole cell
    // covers it
    const ranges = (this.#coverage[column] as Coverage)(cell, batch.part !== undefined);
    this.#covered = { row, column, ranges };
    return ranges;
  }

  #wasSeen({ part, firstRow }: CopyBatch, hit: Hit): boolean {
    const { piece } = part ?? {};
    if (!piece || piece.column - 1 !== hit.column) return false;
    if (this.#seen.row !== firstRow) this.#seen = { row: firstRow, spans: new Set() };
    const inner = hit.within ? `${hit.start} ${hit.within.start}` : '';
    const name = `${hit.column} ${piece.offset + outermost(hit).start} ${hit.key} ${inner}`;
    if (this.#seen.spans.has(name)) return true;
    this.#seen.spans.add(name);
    return false;
  }

  found(tried: ReadonlyMap<number, Tried>): FoundPlace[] {
    return [...this.#found.values()].map((place) => {
      const own = tried.get(place.column) ?? nothingTried;
      const runs = own.runs + (this.#counted.get(place.column) ?? 0);
      return { ...place, tried: { ...own, runs } };
    });
  }
}

/** Bytes of a `tid` in binary. */
const placeLength = 6;

function readPlace({ data, columns, starts, lengths }: CopyBatch, row: number): string {
  if (lengths[row * columns] !== placeLength) return '';
  const start = starts[row * columns] as number;
  return `(${data.readUInt32BE(start)},${data.readUInt16BE(start + 4)})`;
}

function cellOf({ data, columns, starts, lengths }: CopyBatch, { row, column }: Hit): Buffer {
  const at = row * columns + column + 1;
  const start = starts[at] as number;
  return data.subarray(start, start + (lengths[at] as number));
}
