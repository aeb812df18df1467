import type { Client } from 'pg';
import { fromDriverError } from '#postgres/connection-errors';
import { quoteName } from '#postgres/identifiers';
import { barsReading } from '#postgres/ownership/table-ownership';
import { signOf, signText, type StateColumn, stateColumnsOfOwner, type StateSign } from './state-signs.ts';
import { inSnakeCase, listsRevoked } from './state-words.ts';
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

/** Tables by their names alone: a list of revoked keys need not refer to them. */
const namesSql = `
SELECT n.nspname AS schema, c.relname AS "table" FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence <> 't'
  AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'keel') AND n.nspname NOT LIKE 'pg\\_%'
  AND (n.nspname, c.relname) <> ($1, $2)
ORDER BY n.nspname, c.relname`;

/**
 * What the tables that keys refer to, those that refer to keys, and those whose names list revoked keys may say of their state. Reads the
 * catalog alone.
 */
export async function stateElsewhere(client: Client, keys: TableFacts): Promise<StateElsewhere[]> {
  const { rows: links } = await client
    .query<Link>(linksSql, [keys.schema, keys.table])
    .catch((error: unknown) => {
      throw fromDriverError(error, 'reading the catalog');
    });
  const { rows: names } = await client
    .query<{ schema: string; table: string }>(namesSql, [keys.schema, keys.table])
    .catch((error: unknown) => {
      throw fromDriverError(error, 'reading the catalog');
    });
  const found: StateElsewhere[] = [];
  const followed = links.filter((link) => link.refersTo || listsRevoked(link));
  const unlinked = names.filter(
    (one) =>
      listsRevoked(one) &&
      !followed.some(({ schema, table }) => schema === one.schema && table === one.table),
  );
  const wanted = [...followed, ...unlinked];
  const tables = wanted.length > 0 ? await readTableFacts(client, wanted) : [];
  for (const link of followed) {
    const facts = tables.find(({ schema, table }) => schema === link.schema && table === link.table);
    if (!facts) continue;
    const why = whyUnread(link, facts, keys);
    if (!link.refersTo) found.push(ofList(link, facts, why));
    // who may not read the users of an application need not know their state
    else if (why === undefined) found.push(...ofOwner(link, facts));
  }
  for (const one of unlinked) {
    const facts = tables.find(({ schema, table }) => schema === one.schema && table === one.table);
    if (facts) found.push(...ofUnlinkedList(facts, keys));
  }
  return found;
}

const ofKeys = /api_?keys?|access_?keys?|(^|_)keys?(_|$)/;
/** Columns that name a key: by its id, its hash, or its beginning. */
const namesKey =
  /^((revoked|disabled|deleted|archived|blocked)_)?(api_?|access_?)?(keys?|tokens?)(_?(id|uuid|hash|prefix))?$|^(hash|prefix|jti)$/;

/**
 * A list that no foreign key joins: its rows are compared with ids, hashes and beginnings of the keys, as text. A list of keys of which no
 * column shows which leaves the state of all keys open, unless it is empty; one of something else says nothing.
 */
function ofUnlinkedList(facts: TableFacts, keys: TableFacts): StateElsewhere[] {
  const isOfKeys = ofKeys.test(inSnakeCase(facts.table)) || inSnakeCase(facts.table).includes('apikey');
  const own = inSnakeCase(keys.table).replace(/s$/, '');
  const naming = facts.columns.filter(
    ({ name }) => namesKey.test(inSnakeCase(name)) || inSnakeCase(name) === `${own}_id`,
  );
  const copies = isOfKeys ? facts.columns.filter(({ name }) => inSnakeCase(name) === 'id') : [];
  const compared = naming.length > 0 ? naming : copies;
  if (compared.length === 0 && !isOfKeys) return [];
  const mine = keys.columns.filter(
    (column) => column.mayRead && (keys.identity.includes(column) || /hash|digest|prefix/i.test(column.name)),
  );
  const pairs = compared.map(({ name }) => [mine[0]?.name ?? '', name] as const);
  const why = mine.length === 0 ? undefined : whyUnread({ mayFollow: true, pairs }, facts, keys);
  if (why !== undefined) return isOfKeys ? [{ expression: `''`, signOf: () => [{ unclear: why }] }] : [];
  if (compared.length === 0 || mine.length === 0) {
    const unclear = `${facts.label} has rows, and none of its columns shows of which keys`;
    return [
      {
        expression: `CASE WHEN EXISTS (SELECT FROM ${facts.sql}) THEN '' END`,
        signOf: (told) => (told === null ? [] : [{ unclear }]),
      },
    ];
  }
  const cells = mine.map(({ name }) => `t.${quoteName(name)}::text`).join(', ');
  const isIn = compared
    .map(
      ({ name }) => `EXISTS (SELECT FROM ${facts.sql} AS l WHERE l.${quoteName(name)}::text IN (${cells}))`,
    )
    .join(' OR ');
  const unclear = `${facts.label} has a row with its ID, its hash or its prefix`;
  return [
    {
      expression: `CASE WHEN ${isIn} THEN '' END`,
      signOf: (told) => (told === null ? [] : [{ unclear }]),
    },
  ];
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
function whyUnread(
  { pairs, mayFollow }: Pick<Link, 'pairs' | 'mayFollow'>,
  facts: TableFacts,
  keys: TableFacts,
): string | undefined {
  const isReadable = ({ columns }: TableFacts, side: 0 | 1) =>
    pairs.every((pair) => columns.some(({ name, mayRead }) => mayRead && name === pair[side]));
  if (!mayFollow || !isReadable(keys, 0) || !isReadable(facts, 1))
    return `the role may not read ${facts.label}`;
  if (facts.rowSecurity) return `row-level security hides rows of ${facts.label}`;
  return facts.ownership && barsReading(facts.ownership) !== undefined
    ? `${facts.label} was not read, because that would run other roles’ code`
    : undefined;
}
