import type { Client } from 'pg';
import { ivLength } from '#crypto/cfb';
import { type EncodingName, encodings } from '#forms/encodings';
import type { CatalogColumn, CatalogTable } from '#postgres/catalog';
import { qualifiedName } from '#postgres/identifiers';
import { streamRows } from '#postgres/row-stream';
import { readExpression } from '#postgres/table-target';
import { isIvName } from './iv-candidates.ts';
import { arrayBytes } from './iv-sources.ts';
import { spanEncodings, stretches } from '#discovery/runs';

/** Rows of a table that are read, fewer where they are large. */
const maxRows = 20_000;
const maxBytes = 64 << 20;
/** Longer cells are content. */
const longestCell = 4_096;
const stretchesTried = 40;

/** The IVs that may be at one place of a table, in one manner. */
export interface IvPlace {
  readonly column: string;
  /** Like `hex`, or `base64, its last 16 bytes`. */
  readonly manner: string;
  /** Different ones, one after the other. */
  readonly ivs: Uint8Array;
  readonly count: number;
}

/** All that may be an IV in the rows of a table. */
export interface IvPool {
  readonly places: readonly IvPlace[];
  /** Whether every row was read. */
  readonly isComplete: boolean;
  /** Columns whose name, or a name in whose texts, is one for IVs. */
  readonly named: readonly string[];
  /** Columns most of whose cells are 16 bytes and nothing else. */
  readonly alike: readonly string[];
}

/** Reads what may be an IV in a table: 16 bytes by themselves, and the first and last 16 of longer runs. Only reads, up to a bound. */
export async function readIvPool(client: Client, table: CatalogTable): Promise<IvPool> {
  const columns = [...table.columns, ...table.ivColumns];
  const cells = columns.map((column) => {
    const cell = readExpression('t', column);
    return `CASE WHEN octet_length(${cell}) BETWEEN ${ivLength} AND ${longestCell} THEN ${cell} END`;
  });
  const rowBytes = table.estimatedRows > 0 ? table.bytes / table.estimatedRows : 0;
  const limit = Math.max(100, Math.min(maxRows, Math.floor(maxBytes / Math.max(1, rowBytes))));
  const name = `${table.kind === 'table' ? 'ONLY ' : ''}${qualifiedName(table.schema, table.name)}`;
  const seen = columns.map(() => new SeenColumn());
  let rows = 0;
  for await (const batch of streamRows(
    client,
    `SELECT ${cells.join(', ')} FROM ${name} AS t LIMIT ${limit}`,
  )) {
    rows += batch.length;
    for (const row of batch)
      for (const [i, cell] of row.entries()) if (cell) seen[i]?.add(cell, columns[i] as CatalogColumn);
  }
  return {
    places: columns.flatMap(({ name }, i) => (seen[i] as SeenColumn).places(name)),
    isComplete: rows < limit,
    named: columns.flatMap(({ name }, i) => ((seen[i] as SeenColumn).isNamed(name) ? name : [])),
    alike: columns.flatMap(({ name, shape }, i) =>
      shape.kind !== 'uuid' && (seen[i] as SeenColumn).isAlike ? name : [],
    ),
  };
}

/** What may be IVs in the cells of a column. */
class SeenColumn {
  readonly #byManner = new Map<string, Set<string>>();
  #cells = 0;
  #exact = 0;
  #namesIvs = false;

  add(cell: Buffer, { shape }: CatalogColumn): void {
    const text = cell.toString('latin1');
    this.#cells++;
    let isExact = false;
    for (const [manner, iv] of shape.kind === 'bytes' ? rawIvs(cell) : textIvs(text)) {
      if (iv.length !== ivLength) continue;
      isExact ||= !manner.includes(',') && text.length <= 40;
      const ivs = this.#byManner.get(manner) ?? new Set();
      ivs.add(Buffer.from(iv).toString('latin1'));
      this.#byManner.set(manner, ivs);
    }
    if (isExact) this.#exact++;
    this.#namesIvs ||= [...text.matchAll(/"([\w-]{1,40})"\s*:/g)].some(([, name]) =>
      isIvName(name as string),
    );
  }

  get isAlike(): boolean {
    return this.#exact > 1 && this.#exact * 5 >= this.#cells * 3;
  }

  isNamed(column: string): boolean {
    return this.#cells > 0 && (this.#namesIvs || (isIvName(column) && this.#exact > 0));
  }

  places(column: string): IvPlace[] {
    return [...this.#byManner].map(([manner, ivs]) => ({
      column,
      manner,
      ivs: Buffer.from([...ivs].join(''), 'latin1'),
      count: ivs.size,
    }));
  }
}

function* ends(manner: string, bytes: Buffer): Generator<readonly [manner: string, iv: Uint8Array]> {
  if (bytes.length < ivLength) return;
  if (bytes.length === ivLength) yield [manner, bytes];
  else {
    yield [`${manner}, its first 16 bytes`, bytes.subarray(0, ivLength)];
    yield [`${manner}, its last 16 bytes`, bytes.subarray(-ivLength)];
  }
}

function* rawIvs(cell: Buffer): Generator<readonly [string, Uint8Array]> {
  yield* ends('bytes', cell);
  // text may be kept as bytes
  if (cell.every((byte) => byte < 0x80)) yield* textIvs(cell.toString('latin1'));
}

const shortestStretch = 22;
const encodingsOfIvs = [...spanEncodings] as const satisfies readonly EncodingName[];

function* textIvs(text: string): Generator<readonly [string, Uint8Array]> {
  if (text.length === ivLength) yield ['characters', Buffer.from(text, 'latin1')];
  const uuid = text.length === 36 ? encodings.uuid.read(text)?.bytes : undefined;
  if (uuid) yield ['uuid', uuid];
  if (/\d[\s,]+-?\d/.test(text) || text.includes('":')) {
    for (const [manner, iv] of arrayBytes(text)) yield [manner, iv];
  }
  // JSON may write a slash with a backslash before it
  const plain = text.replaceAll('\\/', '/');
  for (const encoding of encodingsOfIvs) {
    const found = stretches(plain, encoding).filter(({ from, to }) => to - from >= shortestStretch);
    for (const { from, to } of found.slice(0, stretchesTried)) {
      const bytes = encodings[encoding].read(plain.slice(from, to))?.bytes;
      if (bytes) yield* ends(encoding, bytes);
    }
  }
}
