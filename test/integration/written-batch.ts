import {
  createWrittenDatabase,
  discoverAndRotate,
  isNamed,
  type Outcome,
  stateOf,
} from './written-rotation.ts';
import { countReadable, type WrittenForm, type WrittenTable } from './written-table.ts';

/**
 * Many forms in one database, a table each. Where the rotation is refused, the tables that the refusal names are put aside, and the
 * others tried again, until a rotation is carried out. A refusal has to name one of them at least, and to change nothing.
 */
export async function outcomesOf(
  forms: Readonly<Record<string, WrittenForm>>,
): Promise<Map<string, Outcome>> {
  await using database = await createWrittenDatabase(forms);
  const { client, from, to } = database;
  const outcomes = new Map<string, Outcome>();
  let tables = database.tables;
  const settle = (some: readonly WrittenTable[], outcome: Outcome) => {
    for (const { name } of some) outcomes.set(name, outcome);
    tables = tables.filter((table) => !some.includes(table));
  };
  while (tables.length > 0) {
    const before = await stateOf({ client, tables });
    const { refusal } = await discoverAndRotate(database);
    if (refusal === undefined) {
      for (const table of tables) settle([table], await readBack(table));
      break;
    }
    const after = await stateOf({ client, tables });
    const isUntouched = after.bits.every((bits, n) => bits === before.bits[n]);
    const named = tables.filter((table) => isNamed(table, refusal));
    if (!isUntouched)
      settle(tables, { verdict: 'falls short', why: `refused, but rows changed: ${refusal}` });
    else if (named.length === 0)
      settle(tables, { verdict: 'falls short', why: `refused without a name: ${refusal}` });
    else {
      settle(named, { verdict: 'refused', why: refusal });
      for (const { name } of named) await client.query(`DROP TABLE ${name}`);
    }
  }
  return outcomes;

  async function readBack(table: WrittenTable): Promise<Outcome> {
    const underNew = await countReadable(client, table, to);
    const underOld = await countReadable(client, table, from);
    if (underNew === table.rows.length) return { verdict: 'rotated', why: '' };
    const why = `carried out, and of ${table.rows.length} rows ${underNew} are read under the new key, ${underOld} under the old`;
    return { verdict: 'falls short', why };
  }
}
