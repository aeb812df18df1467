import type { Inventory } from '#contract/inventory';
import type { EncryptionKey } from '#crypto/encryption-key';
import { CellScanner } from '#evidence/scan/cell-scanner';
import { outermost } from '#evidence/scan/hit';
import type { Tried } from '#evidence/scan/tried';
import { cutReason } from '#census/census-relation';
import { type Census, type CensusPlace, divided } from '#census/census-result';
import { type CensusKeys, everyKey, fingerprintsOf } from '#census/census-keys';
import { censusScope } from '#census/census-scope';
import { coverageOf, type Coverage } from '#census/covered';
import { DumpLines, type DumpCell } from './dump-lines.ts';
import { openFile, unreadable } from './file-source.ts';
import { isCovered, nothingTried, PlaceCounter, ReportedRuns } from '#census/place-counter';

export interface FileCensusOptions extends CensusKeys {
  readonly inventory?: Inventory | undefined;
  readonly onProgress?: (bytes: number, total: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads a whole file and tries every span in it, and in what values there decrypt to, under every key: a plain dump, whose tables and columns are named; a dump in
 * pg_dump's custom format, by way of pg_restore; or any other text, compressed with gzip or not. What is compressed or encrypted
 * otherwise counts as not read. Throws `file-unreadable`.
 */
export async function takeFileCensus(path: string, options: FileCensusOptions): Promise<Census> {
  const { inventory, onProgress, signal } = options;
  const keys = everyKey(options);
  const beganAt = new Date().toISOString();
  const source = await openFile(path);
  const scanner = new CellScanner(keys);
  const places = new Map<string, FilePlace>();
  const lines = new DumpLines();
  let [cells, bytes, row, held] = [0, 0, 0, 0];
  const waiting = new Map<string, DumpCell>();
  const placeOf = ({ schema, table, column }: DumpCell): FilePlace => {
    const id = `${schema}\n${table}\n${column}`;
    const known = places.get(id);
    if (known) return known;
    const entries = (inventory?.columns ?? []).filter(
      (entry) => entry.schema === schema && entry.table === table && entry.column === column,
    );
    const place: FilePlace = {
      number: places.size,
      schema,
      table,
      column,
      coverage: coverageOf(entries, { kind: 'text' }),
      counters: new Map(),
    };
    places.set(id, place);
    return place;
  };
  const flush = () => {
    const reported = new ReportedRuns();
    for (const hit of scanner.flush()) {
      const cell = waiting.get(`${hit.row} ${hit.column}`) as DumpCell;
      const place = placeOf(cell);
      const entry = place.coverage(cell.text).find((range) => isCovered(hit, range))?.entry;
      const isNested = hit.within !== undefined;
      const id = `${isNested ? 'within ' : ''}${entry ? (entry.path ?? '') : '-'}`;
      const counter = place.counters.get(id) ?? new PlaceCounter(entry, isNested);
      place.counters.set(id, counter);
      counter.add(hit, `line=${lineOf(cell, outermost(hit).start)}`, { again: reported.isAgain(hit) });
    }
    waiting.clear();
    held = 0;
  };
  const add = (cell: DumpCell) => {
    if (cell.number === 0) {
      if (scanner.full || held > maxHeld) flush();
      row++;
    }
    cells++;
    bytes += cell.text.length;
    held += cell.text.length;
    const { number } = placeOf(cell);
    scanner.add(row, number, cell.text, 0, cell.text.length, 'text');
    if (cell.text.length >= shortestHit) waiting.set(`${row} ${number}`, cell);
  };
  try {
    for await (const chunk of source.stream as AsyncIterable<Buffer>) {
      signal?.throwIfAborted();
      for (const cell of lines.read(chunk)) add(cell);
      onProgress?.(Math.min(bytes, source.size), source.size);
    }
    for (const cell of lines.end()) add(cell);
    flush();
    await source.end();
  } catch (error) {
    throw unreadable(path, error);
  }
  const tried = scanner.takeTried();
  const search = { places: Math.max(1, places.size), keys: keys.length };
  return {
    beganAt,
    endedAt: new Date().toISOString(),
    ...fingerprintsOf(options),
    ...divided(
      [...places.values()].flatMap((place) =>
        describe(place, tried.get(place.number) ?? nothingTried, keys, search).filter(({ key }) =>
          options.keys.some(({ fingerprint }) => fingerprint === key),
        ),
      ),
    ),
    unread: [
      ...source.unread.map((reason) => ({ reason })),
      ...[...places.values()].flatMap(({ number, schema, table, column }) => {
        const cut = tried.get(number)?.cut ?? 0;
        return cut === 0 ? [] : [{ schema, table, column, reason: cutReason(cut) }];
      }),
    ],
    tables: lines.tables,
    cells,
    bytes,
    scope: censusScope,
  };
}

/** The line of a byte of a cell. */
function lineOf({ text, line }: DumpCell, at: number): number {
  let breaks = 0;
  for (let i = text.indexOf(lineFeed); i >= 0 && i < at; i = text.indexOf(lineFeed, i + 1)) breaks++;
  return line + breaks;
}

const lineFeed = 0x0a;

interface FilePlace {
  /** What the scanner knows it by, as if it were a column. */
  readonly number: number;
  readonly schema: string;
  readonly table: string;
  readonly column: string;
  readonly coverage: Coverage;
  readonly counters: Map<string, PlaceCounter>;
}

function describe(
  { schema, table, column, counters }: FilePlace,
  tried: Tried,
  keys: readonly EncryptionKey[],
  search: { places: number; keys: number },
): CensusPlace[] {
  return [...counters.values()].flatMap((counter) =>
    counter.found(tried, search).map(
      ({ key, values, rows, certain, isPossible, bits }): CensusPlace => ({
        ...(isPossible && { isPossible }),
        schema,
        table,
        column,
        ...(counter.entry?.path !== undefined && { path: counter.entry.path }),
        ...(counter.entry && !counter.nested && { form: counter.entry.layout }),
        key: (keys[key] as EncryptionKey).fingerprint,
        values,
        inInventory: counter.entry !== undefined && !counter.nested,
        ...(counter.nested && { nested: counter.nested }),
        rows: rows.slice(0, 5),
        certain,
        bits: Math.round(bits),
      }),
    ),
  );
}

/** Shorter cells hold nothing that a scanner could tell of. */
const shortestHit = 16;
/** Bytes of cells that wait to be tried. */
const maxHeld = 1 << 22;
