import type { Client } from 'pg';
import type { EncryptionKey } from '#crypto/encryption-key';
import type { Form } from '#forms/entry';
import { renewIv } from '#forms/renew-iv';
import { findValues, isSameValue } from '#forms/row-values';
import { fromDriverError } from '#postgres/connection-errors';
import { isWritten, type TableTarget, type TargetColumn } from '#postgres/table-target';
import { type Place, placeName } from './archived-rows.ts';
import type { ComparedValue } from './compared-value.ts';
import type { CredentialRow, CredentialTable } from '#credentials/credential-table';
import { type CellForm, readCellForms } from '#credentials/cell-form';
import { trailOf, withExample } from '#credentials/new-cell';
import type { Obstacle } from '#contract/credentials';
import { placeOf, valuesOf } from '#credentials/open-values';

/** What a table takes back, and how it is written. */
export interface WriteBack {
  readonly target: TableTarget;
  /** How a targetForm's values are written; absent where they do not say. */
  readonly forms: ReadonlyMap<Form, CellForm>;
  /** Columns of the table target that a foreign key holds. */
  readonly held: ReadonlySet<number>;
  readonly targetFormOf: (place: Place) => Form | undefined;
}

/** Reads what it takes to write archived values into a table. */
export async function readWriteBack(
  client: Client,
  table: CredentialTable,
  key: EncryptionKey,
): Promise<WriteBack> {
  const { target } = table;
  return {
    target,
    forms: await readCellForms(client, table, key),
    held: await heldColumns(client, target),
    targetFormOf: ({ column, targetForm }) => target.columns[column]?.forms[targetForm],
  };
}

/** The columns of a table target that a foreign key refers to or is defined on, by their index. */
export async function heldColumns(
  client: Client,
  { catalog, columns }: TableTarget,
): Promise<ReadonlySet<number>> {
  const { rows } = await client
    .query<{ column: number }>(
      `WITH tree AS (SELECT $1::pg_catalog.oid AS oid UNION SELECT relid FROM pg_catalog.pg_partition_tree($1::pg_catalog.oid))
       SELECT (i - 1)::int AS column FROM unnest($2::text[]) WITH ORDINALITY AS named (name, i)
       WHERE EXISTS (
         SELECT FROM tree JOIN pg_catalog.pg_attribute a ON a.attrelid = tree.oid AND a.attname = named.name
         JOIN pg_catalog.pg_constraint c ON c.contype = 'f' AND
           (c.confrelid = tree.oid AND a.attnum = ANY (c.confkey) OR c.conrelid = tree.oid AND a.attnum = ANY (c.conkey)))`,
      [catalog.oid, columns.map(({ name }) => name)],
    )
    .catch((error: unknown) => {
      throw fromDriverError(error, 'checking for foreign keys');
    });
  // a column of IVs is not written anyway
  const written = rows.filter(({ column }) => isWritten(columns[column] as TargetColumn));
  return new Set(written.map(({ column }) => column));
}

/** The values of a row, each with what keeps it from being written back, if anything does. */
export function withObstacles(
  row: CredentialRow,
  values: readonly ComparedValue[],
  writeBack: WriteBack,
): ComparedValue[] {
  const first = values.map((value): ComparedValue => {
    const obstacle = value.obstacle ?? (isDifferent(value) ? obstacleOf(row, value, writeBack) : undefined);
    return obstacle ? { ...value, obstacle } : value;
  });
  const changed = changedArrays(first, writeBack);
  if (changed.size === 0) return first;
  return first.map((value) => {
    const inChanged = arraysOf(value, writeBack).some((array) => changed.has(array));
    return isDifferent(value) && !value.obstacle && inChanged
      ? { ...value, obstacle: 'array-changed' }
      : value;
  });
}

/** Whether the archive has another value, so that there is something to write. */
function isDifferent({ comparison }: ComparedValue): boolean {
  return comparison !== 'equal' && comparison !== 'added' && comparison !== 'left';
}

function obstacleOf(row: CredentialRow, value: ComparedValue, writeBack: WriteBack): Obstacle | undefined {
  const { column, leaf, here } = value;
  const { held, forms, targetFormOf, target } = writeBack;
  if (held.has(column)) return 'foreign-key';
  if (here?.judged) {
    const cell = row.cells[column] as Buffer;
    const values = findValues(target.columns, row.cells);
    const own = values.find((one) => isSameValue(one, here.value)) ?? here.value;
    return renewIv(target.columns, cell, own, values).kind === 'apart' ? 'iv-apart' : undefined;
  }
  const targetForm = targetFormOf(value);
  const form = targetForm && forms.get(targetForm);
  const columnThere = target.columns[column];
  if (!targetForm || !form || !columnThere) return 'several-forms';
  const cell = withExample(
    columnThere,
    row.cells[column] ?? null,
    { targetForm, leaf, here: here?.value },
    form,
  );
  if (typeof cell === 'string') return cell;
  // found where it was put, and with an IV: then it can be encrypted there
  const found = valuesOf(target, { ...row, cells: row.cells.with(column, cell) }).find(
    (one) => placeName(placeOf(one)) === placeName(value),
  );
  if (!found) return 'no-place';
  if (found.value.ciphertext) return undefined;
  return targetForm.iv ? 'no-iv' : 'no-place';
}

/**
 * The arrays of a row whose elements are not where they were: an archived one is gone, or its secret is at another index now.
 * An archive knows an element by its index alone.
 */
function changedArrays(values: readonly ComparedValue[], writeBack: WriteBack): ReadonlySet<string> {
  const archived = new Map<string, Uint8Array[]>();
  for (const value of values) {
    if (!value.archived) continue;
    for (const array of arraysOf(value, writeBack)) {
      const secrets = archived.get(array);
      if (secrets) secrets.push(value.archived);
      else archived.set(array, [value.archived]);
    }
  }
  const changed = new Set<string>();
  for (const value of values) {
    const { comparison, obstacle, here } = value;
    const secret = comparison === 'differs' || comparison === 'added' ? here?.secret : undefined;
    for (const array of arraysOf(value, writeBack)) {
      const moved = secret && archived.get(array)?.some((one) => Buffer.compare(one, secret) === 0);
      if (moved || obstacle === 'no-place') changed.add(array);
    }
  }
  return changed;
}

/** Names the arrays that lead to a value. */
function arraysOf({ column, targetForm, leaf }: Place, { targetFormOf }: WriteBack): string[] {
  const form = targetFormOf({ column, targetForm, leaf });
  const steps = form?.steps;
  if (!form || !steps?.includes('elements')) return [];
  const path = trailOf(form, leaf) ?? [];
  return steps.flatMap((step, i) =>
    step === 'elements' ? [JSON.stringify([column, ...path.slice(0, i)])] : [],
  );
}
