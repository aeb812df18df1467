import type { Client } from 'pg';
import { fromDriverError } from '#postgres/connection-errors';
import { quoteName } from '#postgres/identifiers';
import { barsReading } from '#postgres/ownership/table-ownership';
import {
  listsRevoked,
  longestCell,
  signOf,
  type StateColumn,
  stateColumnsOfOwner,
  type StateSign,
} from './state-signs.ts';
import { readTableFacts, type TableFacts } from './table-facts.ts';

/*
 * What becomes of a key may stand in another table: its user is disabled, or a list of revoked keys has it. Which of that the application
 * looks at, its tables do not say, so nothing of it makes a key revoked: it only keeps Keel from calling the key active.
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
  readonly pairs: readonly (readonly [string, string])[];
}

const linksSql = `
SELECT n.nspname AS schema, c.relname AS "table", f.conrelid = k.oid AS "refersTo",
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
  for (const link of links) {
    if (!link.refersTo && !listsRevoked(link)) continue;
    const [facts] = await readTableFacts(client, link);
    if (facts) found.push(...(link.refersTo ? ofOwner(link, facts, keys) : [ofList(link, facts, keys)]));
  }
  return found;
}

function ofOwner(link: Link, facts: TableFacts, keys: TableFacts): StateElsewhere[] {
  return stateColumnsOfOwner(facts).map((state): StateElsewhere => {
    const { column } = state;
    const why = column.mayRead ? whyUnread(link, facts, keys) : notAllowed(facts, column.name);
    if (why !== undefined)
      return unread(mayFollow(link, keys) ? `CASE WHEN ${refers(link)} THEN '' END` : `''`, why);
    const cell = `o.${quoteName(column.name)}`;
    const text =
      column.kind === 'time'
        ? `extract(epoch FROM ${cell})::text`
        : `left(${cell}::text, ${longestCell + 1})`;
    return {
      // a key that refers to nobody has nobody who is out of use
      expression: `(SELECT coalesce(${text}, '') FROM ${facts.sql} AS o WHERE ${joined(link)} LIMIT 1)`,
      signOf: (told, now) => (told === null ? [] : asDoubts(facts, state, told, now)),
    };
  });
}

function asDoubts(facts: TableFacts, state: StateColumn, told: string, now: Date): StateSign[] {
  const named: StateColumn = {
    ...state,
    column: { ...state.column, name: `${state.column.name} of its row in ${facts.label}` },
  };
  return signOf(named, told === '' ? null : told, now).flatMap((sign): StateSign[] => {
    if (sign === 'holds') return [];
    if (sign === 'over') return [{ unclear: `${named.column.name} is ${told}` }];
    return [sign];
  });
}

function ofList(link: Link, facts: TableFacts, keys: TableFacts): StateElsewhere {
  const why = whyUnread(link, facts, keys);
  if (why !== undefined) return unread(`''`, why);
  return {
    expression: `(SELECT '' FROM ${facts.sql} AS o WHERE ${joined(link)} LIMIT 1)`,
    signOf: (told) => (told === null ? [] : [{ unclear: `${facts.label} has a row that refers to it` }]),
  };
}

/** Says why of each row for which the expression is not NULL. */
function unread(expression: string, why: string): StateElsewhere {
  return { expression, signOf: (told) => (told === null ? [] : [{ unclear: why }]) };
}

/** Why the rows that a link leads to cannot be read; undefined where they can. */
function whyUnread(link: Link, facts: TableFacts, keys: TableFacts): string | undefined {
  const [mine, theirs] = [unreadable(keys, link, 0), unreadable(facts, link, 1)];
  if (mine !== undefined) return notAllowed(keys, mine);
  if (theirs !== undefined) return notAllowed(facts, theirs);
  if (facts.rowSecurity) return `row-level security hides rows of ${facts.label}`;
  return facts.ownership && barsReading(facts.ownership) !== undefined
    ? `${facts.label} was not read, since that would run code of others`
    : undefined;
}

const mayFollow = (link: Link, keys: TableFacts) => unreadable(keys, link, 0) === undefined;

/** The first column of a link, on its side of the keys (0) or the other one (1), that the role may not read. */
function unreadable({ columns }: TableFacts, { pairs }: Link, side: 0 | 1): string | undefined {
  const readable = new Set(columns.flatMap(({ name, mayRead }) => (mayRead ? [name] : [])));
  return pairs.map((pair) => pair[side]).find((name) => !readable.has(name));
}

function notAllowed({ label }: TableFacts, column: string): string {
  return `the role may not read ${column} of ${label}`;
}

const joined = ({ pairs }: Link) =>
  pairs.map(([mine, theirs]) => `o.${quoteName(theirs)} = t.${quoteName(mine)}`).join(' AND ');
const refers = ({ pairs }: Link) => pairs.map(([mine]) => `t.${quoteName(mine)} IS NOT NULL`).join(' AND ');
