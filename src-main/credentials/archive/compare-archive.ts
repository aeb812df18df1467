import type { Client } from 'pg';
import type { EncryptedColumn } from '#contract/inventory';
import type { EncryptionKey } from '#crypto/encryption-key';
import type { Secret } from '#crypto/secret';
import { ColumnStatistics, type OverallVerdict, overallVerdict } from '#evidence/column-statistics';
import type { Form } from '#forms/entry';
import type { FormColumn } from '#forms/row-values';
import type { Field } from '#postgres/copy-binary';
import { streamRows } from '#postgres/row-stream';
import { identityExpressions } from '#postgres/table-target';
import {
  type ArchivedRows,
  openPacked,
  type PackedValue,
  type Place,
  placeName,
  sameKey,
  unpack,
} from './archived-rows.ts';
import { type ComparedValue, type Comparison, comparisons } from './compared-value.ts';
import {
  type CredentialRow,
  describeKey,
  readRow,
  selectRows,
  shortened,
} from '#credentials/credential-table';
import { isDisplaced } from '#credentials/new-cell';
import { isNoDocument, type OpenedValue, openValues, placeOf, valuesByRow } from '#credentials/open-values';
import type { Obstacle } from '#contract/credentials';
import { withObstacles, type WriteBack } from './write-back.ts';

export interface ComparedRow {
  /** As the server sent it. */
  readonly identity: readonly Field[];
  readonly row: CredentialRow;
  readonly packed: Buffer | undefined;
  readonly values: readonly ComparedValue[];
}

export interface ColumnComparison extends Readonly<Record<Comparison, number>> {
  readonly entry: EncryptedColumn;
}

/** A credential that is not the same here and there, named without showing it. */
export interface Difference {
  readonly entry: EncryptedColumn;
  readonly row: string;
  /** Where a path with `*` led to, for people. */
  readonly leaf?: string;
  readonly comparison: Differing;
  readonly obstacle?: Obstacle;
}

export type Differing = Exclude<Comparison, 'equal' | 'left'>;

/** Credentials of one kind and column that cannot be written back, for one reason. */
export interface ObstacleCount {
  readonly entry: EncryptedColumn;
  readonly comparison: Differing;
  readonly obstacle: Obstacle;
  readonly values: number;
}

export interface ArchiveComparison {
  readonly columns: readonly ColumnComparison[];
  /** The first few of each kind and column, and of each reason why they cannot be written back. */
  readonly differences: readonly Difference[];
  /** All of them, counted. */
  readonly obstacles: readonly ObstacleCount[];
  /** What the key makes of the database's own values. */
  readonly verdict: OverallVerdict;
}

/** Differences listed for each column, kind and obstacle; all are counted. */
const listed = 10;
/** Of a leaf's path, as it is shown. */
const longestLeaf = 200;

/** Counts what rows are against the archive, and judges the key by what it makes of the database's own values. */
export class ComparisonCounter {
  readonly #counters: readonly Counter[];

  constructor(archived: readonly ArchivedRows[]) {
    this.#counters = archived.flatMap(({ table }) =>
      table.target.columns.flatMap(({ forms }) => forms.map((form) => new Counter(form))),
    );
  }

  add({ table }: ArchivedRows, { row, values }: ComparedRow): void {
    for (const { entry, leaf, comparison, obstacle, here } of values) {
      const counter = this.#of(entry);
      counter.add({ comparison, obstacle, leaf }, () => describeKey(table.target, row.key));
      if (here?.judged) counter.statistics.add(here.judged);
      else if (here) counter.statistics.addUnrecognised();
    }
  }

  addMissingRow(entry: EncryptedColumn, leaf: string, row: () => string): void {
    this.#of(entry).add({ comparison: 'rowMissing', leaf }, row);
  }

  result(): ArchiveComparison {
    return {
      columns: this.#counters.map(({ entry, counts }) => ({ entry, ...counts })),
      differences: this.#counters.flatMap(({ differences }) => differences),
      obstacles: this.#counters.flatMap((counter) => counter.obstacles()),
      verdict: overallVerdict(this.#counters.map(({ statistics }) => statistics.result())),
    };
  }

  #of(entry: EncryptedColumn): Counter {
    return this.#counters.find((counter) => counter.entry === entry) as Counter;
  }
}

interface Counted {
  readonly comparison: Comparison;
  readonly obstacle?: Obstacle | undefined;
  /** Empty where there is one way only. */
  readonly leaf: string;
}

class Counter {
  readonly counts = Object.fromEntries(comparisons.map((kind) => [kind, 0])) as Record<Comparison, number>;
  readonly differences: Difference[] = [];
  readonly entry: EncryptedColumn;
  readonly statistics: ColumnStatistics;
  /** Differences by kind and obstacle. */
  readonly #sorts = new Map<string, { of: Pick<Difference, 'comparison' | 'obstacle'>; values: number }>();

  constructor({ entry, layout }: Form) {
    this.entry = entry;
    this.statistics = new ColumnStatistics(layout);
  }

  add({ comparison, obstacle, leaf }: Counted, row: () => string): void {
    this.counts[comparison]++;
    if (comparison === 'equal' || comparison === 'left') return;
    const name = `${comparison} ${obstacle ?? ''}`;
    const sort = this.#sorts.get(name) ?? { of: { comparison, ...(obstacle && { obstacle }) }, values: 0 };
    this.#sorts.set(name, sort);
    sort.values++;
    if (sort.values <= listed) {
      this.differences.push({
        entry: this.entry,
        row: row(),
        ...(leaf !== '' && { leaf: shortened(leaf, longestLeaf) }),
        ...sort.of,
      });
    }
  }

  obstacles(): ObstacleCount[] {
    return [...this.#sorts.values()].flatMap(({ of: { comparison, obstacle }, values }) =>
      obstacle ? [{ entry: this.entry, comparison, obstacle, values }] : [],
    );
  }
}

/** A batch of rows; disposing wipes all its plaintexts. */
export interface ComparedBatch extends Disposable {
  readonly rows: readonly ComparedRow[];
}

/** The two keys that a comparison needs: the database's, and the one that the archived rows are packed under. */
export interface ComparisonKeys {
  readonly key: EncryptionKey;
  readonly packedKey: Secret;
}

/**
 * Every row of a table that holds anything or is in the archive, beside what the archive has of it. The taker disposes each batch.
 * Only reads.
 */
export async function* compareRows(
  client: Client,
  { table, sql }: ArchivedRows,
  { key, packedKey }: ComparisonKeys,
  writeBack: WriteBack,
): AsyncGenerator<ComparedBatch> {
  const { target } = table;
  const keys = target.identity.columns.length;
  const select = selectRows(table, {
    before: identityExpressions('t', target.identity),
    after: ['s.packed'],
    join: `LEFT JOIN ${sql} AS s ON ${sameKey(table, 's')}`,
    also: 's.packed IS NOT NULL',
  });
  for await (const batch of streamRows(client, select)) {
    const rows = batch.map((fields) => readRow(table, fields.slice(keys, -1)));
    const open = await openValues(target, key, rows);
    const packed = batch.map((fields) => fields.at(-1) ?? undefined);
    const archived = packed.map((bytes) => (bytes ? unpack(bytes) : []));
    const opened = openPacked(archived.flat(), packedKey);
    const here = valuesByRow(rows, open);
    let next = 0;
    yield {
      rows: rows.map((row, i): ComparedRow => {
        const values = archived[i] as PackedValue[];
        const secrets = opened.plaintexts.slice(next, next + values.length);
        next += values.length;
        return {
          identity: (batch[i] as Field[]).slice(0, keys),
          row,
          packed: packed[i],
          values: compareValues(row, here[i] as OpenedValue[], values, secrets, writeBack),
        };
      }),
      [Symbol.dispose]() {
        open[Symbol.dispose]();
        opened.storage.fill(0);
      },
    };
  }
}

function compareValues(
  row: CredentialRow,
  here: readonly OpenedValue[],
  archived: readonly PackedValue[],
  secrets: readonly Uint8Array[],
  writeBack: WriteBack,
): ComparedValue[] {
  const wanted = new Map<string, { place: Place; secret: Uint8Array }[]>();
  for (const [i, place] of archived.entries()) {
    const one = { place, secret: secrets[i] as Uint8Array };
    wanted.set(placeName(place), [...(wanted.get(placeName(place)) ?? []), one]);
  }
  const compared = here.map((one): ComparedValue => {
    const place = placeOf(one);
    const shared = { ...place, entry: one.targetForm.entry, here: one };
    // what is no document holds no credential of its paths
    const counterpart = isNoDocument(one) ? undefined : wanted.get(placeName(place))?.shift();
    if (!counterpart) return { ...shared, comparison: one.secret ? 'added' : 'left' };
    return { ...shared, archived: counterpart.secret, comparison: compareSecrets(one, counterpart.secret) };
  });
  const lost = [...wanted.values()].flatMap((sameName) =>
    sameName.flatMap(({ place, secret }): ComparedValue[] => {
      const targetForm = writeBack.targetFormOf(place);
      const { column, leaf } = place;
      if (!targetForm) return [];
      const displaced = isDisplaced(
        writeBack.target.columns[column] as FormColumn,
        row.cells[column] ?? null,
        { targetForm, leaf },
        writeBack.forms.get(targetForm),
      );
      const comparison = displaced ? 'foreign' : 'valueMissing';
      const value = {
        column,
        targetForm: place.targetForm,
        leaf,
        entry: targetForm.entry,
        archived: secret,
        comparison,
      } as const;
      // a document that names a member twice
      return [{ ...value, ...(sameName.length > 1 && { obstacle: 'no-place' as const }) }];
    }),
  );
  return withObstacles(row, [...compared, ...lost], writeBack);
}

function compareSecrets({ secret, judged }: OpenedValue, archived: Uint8Array): Comparison {
  if (secret) return Buffer.compare(secret, archived) === 0 ? 'equal' : 'differs';
  return judged ? 'unopened' : 'foreign';
}

/** Counts the credentials of the archive whose rows are not in the database. */
export async function countMissingRows(
  client: Client,
  { table, sql }: ArchivedRows,
  counter: ComparisonCounter,
): Promise<void> {
  const { target } = table;
  const keys = target.identity.columns.map((_, i) => `s.k${i}`);
  const there = `SELECT FROM ${target.sql} AS t WHERE ${sameKey(table, 's')}`;
  const select = `SELECT ${[...keys, 's.packed'].join(', ')} FROM ${sql} AS s WHERE NOT EXISTS (${there})`;
  for await (const batch of streamRows(client, select)) {
    for (const fields of batch) {
      const key = fields.slice(0, -1).map((field) => field?.toString('utf8') ?? '');
      for (const { column, targetForm, leaf } of unpack(fields.at(-1) as Buffer)) {
        const entry = target.columns[column]?.forms[targetForm]?.entry;
        if (entry) counter.addMissingRow(entry, leaf, () => describeKey(target, key));
      }
    }
  }
}
