import type { Client } from 'pg';
import { fromDriverError } from '#postgres/connection-errors';
import { quoteName } from '#postgres/identifiers';
import { barsReading } from '#postgres/ownership/table-ownership';
import {
  listsRevoked,
  signOf,
  signText,
  type StateColumn,
  stateColumnsOfOwner,
  type StateSign,
} from './state-signs.ts';
import { readTableFacts, type TableFacts } from './table-facts.ts';

/*
 * The state of a key can depend on other tables: its user may be disabled, or it may be on a list of revoked keys. The schema does not show
 * which of them the application checks, so none of them marks a key as revoked: they only keep Keel from calling it active.
 */

/** What another table may say of the state of the keys. */
export interface StateElsewhere {
  /** The SQL of a text for the key's row `t`; NULL where there is nothing to say of it. */
  readonly expression: string;
  /** What the text says, at `now`. */
  readonly signOf: (text: string | null, now: Date) => readonly StateSign[];
}

/** A foreign key between the table of keys and another one: pairs of columns, that of the keys first. */
interface Link {
  readonly schema: string;
  readonly table: string;
  readonly refersTo: boolean;
  /** The role may use the schema, and operators of the server itself compare the columns: others would run with the role's rights. */
  readonly mayFollow: boolean;
  readonly pairs: readonly (readonly [string, string])[];
}

const linksSql = `
SELECT n.nspname AS schema, c.relname AS "table", f.conrelid = k.oid AS "refersTo",
  has_schema_privilege(n.oid, 'USAGE') AND (SELECT bool_and(o.oprnamespace = 'pg_catalog'::regnamespace)
    FROM pg_operator o WHERE o.oid = ANY (f.conpfeqop)) AS "mayFollow",
  (SELECT json_agg(json_build_array(mine.attname, theirs.attname) ORDER BY pair.position)
   FROM unnest(CASE WHEN f.conrelid = k.oid THEN f.conkey ELSE f.confkey END,
               CASE WHEN f.conrelid = k.oid THEN f.confkey ELSE f.conkey END) WITH ORDINALITY AS pair (mine, theirs, position)
   JOIN pg_attribute mine ON mine.attrelid = k.oid AND mine.attnum = pair.mine
   JOIN pg_attribute theirs ON theirs.attrelid = c.oid AND theirs.attnum = pair.theirs) AS pairs
FROM (SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2) k
JOIN pg_constraint f ON f.contype = 'f' AND k.oid IN (f.conrelid, f.confrelid) AND f.conrelid <> f.confrelid
JOIN pg_class c ON c.oid = CASE WHEN f.conrelid = k.oid THEN f.confrelid ELSE f.conrelid END
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE NOT c.relispartition
ORDER BY n.nspname, c.relname, f.conname`;

/** What the tables that keys refer to, and those that refer to keys, may say of their state. Reads the catalog alone. */
export async function stateElsewhere(client: Client, keys: TableFacts): Promise<StateElsewhere[]> {
  const { rows: links } = await client
    .query<Link>(linksSql, [keys.schema, keys.table])
    .catch((error: unknown) => {
      throw fromDriverError(error, 'reading the catalog');
    });
  const found: StateElsewhere[] = [];
  const followed = links.filter((link) => link.refersTo || listsRevoked(link));
  const tables = followed.length > 0 ? await readTableFacts(client, followed) : [];
  for (const link of followed) {
    const facts = tables.find(({ schema, table }) => schema === link.schema && table === link.table);
    if (!facts) continue;
    const why = whyUnread(link, facts, keys);
    if (!link.refersTo) found.push(ofList(link, facts, why));
    // who may not read the users of an application need not know their state
    else if (why === undefined) found.push(...ofOwner(link, facts));
  }
  return found;
}

function ofOwner({ pairs }: Link, facts: TableFacts): StateElsewhere[] {
  const readable = stateColumnsOfOwner(facts).filter(({ column }) => column.mayRead);
  const joined = pairs.map(([mine, theirs]) => `o.${quoteName(theirs)} = t.${quoteName(mine)}`).join(' AND ');
  return readable.map((state): StateElsewhere => {
    const { name, kind } = state.column;
    return {
      // a key that refers to nobody has nobody who is out of use
      expression: `(SELECT coalesce(${signText(`o.${quoteName(name)}`, kind)}, '') FROM ${facts.sql} AS o WHERE ${joined} LIMIT 1)`,
      signOf: (told, now) => (told === null ? [] : asDoubts(facts, state, told, now)),
    };
  });
}

function asDoubts({ label }: TableFacts, state: StateColumn, told: string, now: Date): StateSign[] {
  const name = `${state.column.name} of its row in ${label}`;
  const named: StateColumn = { ...state, column: { ...state.column, name } };
  return signOf(named, told === '' ? null : told, now).flatMap((sign): StateSign[] => {
    if (sign === 'over') return [{ unclear: `${name} is ${told}` }];
    // a state of its own is no news of the key, unless it says that it is over
    return sign === 'holds' || state.sense === 'state' ? [] : [sign];
  });
}

function ofList({ pairs }: Link, facts: TableFacts, why: string | undefined): StateElsewhere {
  const [mine, theirs] = ([0, 1] as const).map((side) => pairs.map((pair) => quoteName(pair[side])));
  const cells = mine?.map((name) => `t.${name}`).join(', ');
  const isIn = `(${cells}) IN (SELECT ${theirs?.join(', ')} FROM ${facts.sql})`;
  const unclear = why ?? `${facts.label} has a row that refers to it`;
  return {
    expression: why === undefined ? `CASE WHEN ${isIn} THEN '' END` : `''`,
    signOf: (told) => (told === null ? [] : [{ unclear }]),
  };
}

/** Why the rows that a link leads to cannot be read; undefined where they can. */
function whyUnread({ pairs, mayFollow }: Link, facts: TableFacts, keys: TableFacts): string | undefined {
  const isReadable = ({ columns }: TableFacts, side: 0 | 1) =>
    pairs.every((pair) => columns.some(({ name, mayRead }) => mayRead && name === pair[side]));
  if (!mayFollow || !isReadable(keys, 0) || !isReadable(facts, 1))
    return `the role may not read ${facts.label}`;
  if (facts.rowSecurity) return `row-level security hides rows of ${facts.label}`;
  return facts.ownership && barsReading(facts.ownership) !== undefined
    ? `${facts.label} was not read, because that would run other roles’ code`
    : undefined;
}
