import type { Client } from 'pg';
import type { EncryptedColumn } from '#contract/inventory';
import type { EncryptionKey } from '#crypto/encryption-key';
import type { Secret } from '#crypto/secret';
import { ColumnAssay, type OverallVerdict, overallVerdict } from '#evidence/column-assay';
import type { Form } from '#forms/entry';
import type { Field } from '#postgres/copy-binary';
import { streamRows } from '#postgres/row-stream';
import { identityExpressions } from '#postgres/table-target';
import { type ArchivedRows, openPacked, type PackedValue, sameKey, unpack } from './archived-rows.ts';
import { type CredentialRow, describeKey, readRow, selectRows } from './credential-table.ts';
import { type OpenedValue, openValues } from './open-values.ts';

/**
 * What a credential is against the archive. `differs`: the database has another value; `unopened`: what stands there opens under
 * no key, or is not in its layout; `missing`: the archive has it and the database nothing; `added`: the other way round. What
 * opens under no key and is not in the archive (a user's own) is `left` out of it.
 */
export const comparisons = ['equal', 'differs', 'unopened', 'missing', 'added', 'left'] as const;
export type Comparison = (typeof comparisons)[number];

/** A credential in the database, beside its counterpart in the archive. */
export interface ComparedValue {
  readonly entry: EncryptedColumn;
  readonly comparison: Comparison;
  readonly here?: OpenedValue;
  /** In clear, as a view that is wiped with the batch. */
  readonly archived?: Uint8Array;
}

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
  readonly comparison: Exclude<Comparison, 'equal' | 'left'>;
}

export interface ArchiveComparison {
  readonly columns: readonly ColumnComparison[];
  /** The first few of each kind and column. */
  readonly differences: readonly Difference[];
  /** What the key makes of the database's own values. */
  readonly verdict: OverallVerdict;
}

/** Differences listed for each column and kind; all are counted. */
const listed = 10;

/** Counts what rows are against the archive, and judges the key by what it makes of the database's own values. */
export class ComparisonTally {
  readonly #tallies: readonly Tally[];

  constructor(archived: readonly ArchivedRows[]) {
    this.#tallies = archived.flatMap(({ table }) =>
      table.target.columns.flatMap(({ forms }) => forms.map((form) => new Tally(form))),
    );
  }

  add({ table }: ArchivedRows, { row, values }: ComparedRow): void {
    for (const { entry, comparison, here } of values) {
      const tally = this.#of(entry);
      tally.add(comparison, () => describeKey(table.target, row.key));
      if (here?.judged) tally.assay.add(here.judged.evidence, here.judged.plaintext.length);
      else if (here) tally.assay.addUnrecognised();
    }
  }

  addMissing(entry: EncryptedColumn, row: () => string): void {
    this.#of(entry).add('missing', row);
  }

  result(): ArchiveComparison {
    return {
      columns: this.#tallies.map(({ entry, counts }) => ({ entry, ...counts })),
      differences: this.#tallies.flatMap(({ differences }) => differences),
      verdict: overallVerdict(this.#tallies.map(({ assay }) => assay.result())),
    };
  }

  #of(entry: EncryptedColumn): Tally {
    return this.#tallies.find((tally) => tally.entry === entry) as Tally;
  }
}

class Tally {
  readonly counts: Record<Comparison, number> = {
    equal: 0,
    differs: 0,
    unopened: 0,
    missing: 0,
    added: 0,
    left: 0,
  };
  readonly differences: Difference[] = [];
  readonly entry: EncryptedColumn;
  readonly assay: ColumnAssay;

  constructor({ entry, layout }: Form) {
    this.entry = entry;
    this.assay = new ColumnAssay(layout);
  }

  add(comparison: Comparison, row: () => string): void {
    this.counts[comparison]++;
    if (comparison === 'equal' || comparison === 'left' || this.counts[comparison] > listed) return;
    this.differences.push({ entry: this.entry, row: row(), comparison });
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

/** Every row of a table that holds anything, beside what the archive has of it. The taker disposes each batch. Only reads. */
export async function* compareRows(
  client: Client,
  { table, sql }: ArchivedRows,
  { key, packedKey }: ComparisonKeys,
): AsyncGenerator<ComparedBatch> {
  const { target } = table;
  const keys = target.identity.columns.length;
  const select = selectRows(table, {
    before: identityExpressions('t', target.identity),
    after: ['s.packed'],
    join: `LEFT JOIN ${sql} AS s ON ${sameKey(table, 's')}`,
  });
  for await (const batch of streamRows(client, select)) {
    const rows = batch.map((fields) => readRow(table, fields.slice(keys, -1)));
    const open = await openValues(target, key, rows);
    const packed = batch.map((fields) => fields.at(-1) ?? undefined);
    const archived = packed.map((bytes) => (bytes ? unpack(bytes) : []));
    const opened = openPacked(archived.flat(), packedKey);
    const ofRow = new Map(rows.map((row): [CredentialRow, OpenedValue[]] => [row, []]));
    for (const value of open.values) ofRow.get(value.row)?.push(value);
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
          values: compareValues(table.target, ofRow.get(row) ?? [], values, secrets),
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
  { columns }: ArchivedRows['table']['target'],
  here: readonly OpenedValue[],
  archived: readonly PackedValue[],
  secrets: readonly Uint8Array[],
): ComparedValue[] {
  const nameOf = (column: number, slot: number, leaf: string) => `${column} ${slot} ${leaf}`;
  const wanted = new Map(
    archived.map(({ column, slot, leaf }, i) => [nameOf(column, slot, leaf), secrets[i] as Uint8Array]),
  );
  const compared = here.map((one): ComparedValue => {
    const { entry } = one.slot;
    const name = nameOf(one.value.column, one.value.form, one.leaf ?? '');
    const secret = wanted.get(name);
    wanted.delete(name);
    if (!secret) return { entry, here: one, comparison: one.secret ? 'added' : 'left' };
    const comparison = !one.secret
      ? 'unopened'
      : Buffer.compare(one.secret, secret) === 0
        ? 'equal'
        : 'differs';
    return { entry, here: one, archived: secret, comparison };
  });
  const lost = archived.filter(({ column, slot, leaf }) => wanted.has(nameOf(column, slot, leaf)));
  return [
    ...compared,
    ...lost.flatMap(({ column, slot }): ComparedValue[] => {
      const entry = columns[column]?.forms[slot]?.entry;
      return entry ? [{ entry, comparison: 'missing' }] : [];
    }),
  ];
}

/** Counts the archive's rows that the database has not, or has without anything in these columns. */
export async function countMissing(
  client: Client,
  { table, sql }: ArchivedRows,
  tally: ComparisonTally,
): Promise<void> {
  const { target } = table;
  const keys = target.identity.columns.map((_, i) => `s.k${i}`);
  const there = selectRows(table, { where: sameKey(table, 's') });
  const select = `SELECT ${[...keys, 's.packed'].join(', ')} FROM ${sql} AS s WHERE NOT EXISTS (${there})`;
  for await (const batch of streamRows(client, select)) {
    for (const fields of batch) {
      const key = fields.slice(0, -1).map((field) => field?.toString('utf8') ?? '');
      for (const { column, slot } of unpack(fields.at(-1) as Buffer)) {
        const entry = target.columns[column]?.forms[slot]?.entry;
        if (entry) tally.addMissing(entry, () => describeKey(target, key));
      }
    }
  }
}
