import type pg from 'pg';
import {
  createWrittenDatabase,
  discoverAndRotate,
  isNamed,
  type Outcome,
  bitsOf,
  type WrittenDatabase,
} from './written-rotation.ts';
import { countReadable, type WrittenForm } from './written-table.ts';

/** A table of a batch, and how its application reads it. */
export interface BatchTable {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: number;
  /** Plaintext stands among the ciphertexts, which the admin says by name. */
  readonly isMixed?: boolean;
  readonly countReadable: (key: Buffer) => Promise<number>;
}

/** Many forms in one database, a table each, by the names of the tables. */
export async function outcomesOf(
  forms: Readonly<Record<string, WrittenForm>>,
): Promise<ReadonlyMap<string, Outcome>> {
  await using database = await createWrittenDatabase(forms);
  const tables = database.tables.map((table) => ({
    name: table.name,
    columns: Object.keys(table.form.columns),
    rows: table.rows.length,
    isMixed: table.form.mixedWith !== undefined,
    countReadable: (key: Buffer) => countReadable(database.client, table, key),
  }));
  return await rotateBatch(database, tables);
}

/**
 * Where the rotation is refused, the tables that the refusal names are put aside, and the others tried again, until a rotation is
 * carried out. A refusal has to name one of them at least, and to change nothing.
 */
export async function rotateBatch(
  database: Pick<WrittenDatabase, 'client' | 'url' | 'from' | 'to'>,
  all: readonly BatchTable[],
): Promise<ReadonlyMap<string, Outcome>> {
  const outcomes = new Map<string, Outcome>();
  let tables = all;
  const settle = (some: readonly BatchTable[], outcome: Outcome) => {
    for (const { name } of some) outcomes.set(name, outcome);
    tables = tables.filter((table) => !some.includes(table));
  };
  while (tables.length > 0) {
    const before = await bitsOf(database.client, tables);
    const more = tables.flatMap(({ name, isMixed }) => (isMixed ? ['--exclude', name] : []));
    const { refusal } = await discoverAndRotate(database, { more });
    if (refusal === undefined) {
      for (const table of tables) settle([table], await readBack(database, table));
      break;
    }
    const after = await bitsOf(database.client, tables);
    const isUntouched = after.every((bits, n) => bits === before[n]);
    const named = tables.filter(({ name, columns }) => isNamed(name, columns, refusal));
    if (!isUntouched)
      settle(tables, { verdict: 'falls short', why: `refused, but rows changed: ${refusal}` });
    else if (named.length === 0)
      settle(tables, { verdict: 'falls short', why: `refused without a name: ${refusal}` });
    else {
      settle(named, { verdict: 'refused', why: refusal });
      await drop(database.client, named);
    }
  }
  return outcomes;
}

async function drop(client: pg.Client, tables: readonly BatchTable[]): Promise<void> {
  for (const { name } of tables) await client.query(`DROP TABLE ${name} CASCADE`);
}

async function readBack(
  { from, to }: Pick<WrittenDatabase, 'from' | 'to'>,
  table: BatchTable,
): Promise<Outcome> {
  const underNew = await table.countReadable(to);
  if (underNew === table.rows) return { verdict: 'rotated', why: '' };
  const underOld = await table.countReadable(from);
  const why = `carried out, and of ${table.rows} rows ${underNew} are read under the new key, ${underOld} under the old`;
  return { verdict: 'falls short', why };
}
