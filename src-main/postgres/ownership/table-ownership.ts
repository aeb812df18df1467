import type { ClientBase } from 'pg';
import { KeelError } from '#errors/keel-error';
import { fromDriverError } from '#postgres/connection-errors';

/** Something on a table that runs code of a role which lacks privileges of the role that logged in. */
export interface OthersCode {
  readonly kind:
    | 'cast'
    | 'constraint'
    | 'default'
    | 'domain'
    | 'generated'
    | 'index'
    | 'partition key'
    | 'range'
    | 'statistics'
    | 'trigger';
  /** Of the constraint, the index, and so on; of the type, for a cast, a domain or a range. */
  readonly name: string;
  /** What is called: `public.f`; for a domain, whose owner can give it checks at any time, the domain itself. */
  readonly calls: string;
  readonly owner: string;
  /** It runs, or may run, when rows are read or a query is planned, and not only when they are written. */
  readonly runsOnRead: boolean;
  /** The column in which alone it runs, when a value is written there; null if it runs for any change of the row. */
  readonly column: string | null;
}

/** Who owns a table, and which of the code on it belongs to others. */
export interface TableOwnership {
  readonly owner: string;
  /** On the table and its partitions. */
  readonly code: readonly OthersCode[];
  /** On tables that inherit from it, which a statement without ONLY reads and writes too. */
  readonly heirsCode: readonly OthersCode[];
}

/** Objects that come with a server have ids below this one (FirstNormalObjectId, access/transam.h). */
const firstOfUsers = 16384;

/** Functions with which an expression can run other code, access files, or change the session. */
const powerful =
  '^(query|table|cursor|schema|database)_to_xml|^(ts_stat|ts_rewrite|set_config|setval)$|^(pg|lo|dblink)_|^dblink$';

/**
 * Privileges are those of the login role, not of a role that it assumed, because code may switch back (SET
 * ROLE NONE). An expression counts as code of its author if it calls a function of the server that runs
 * arbitrary SQL, reads files or changes the session. Such calls are found in the expression's tree, because
 * what comes with a server has no entry in pg_depend. Things that are not objects have NULL in `thing`, not
 * 0: up to PostgreSQL 13, everything that comes with a server depends on 0.
 */
const codeSql = `
WITH RECURSIVE wanted (oid) AS (
  SELECT unnest($1::oid[])
  UNION
  SELECT i.inhrelid FROM wanted JOIN pg_catalog.pg_inherits i ON i.inhparent = wanted.oid
), relation (oid, owner) AS MATERIALIZED (
  SELECT c.oid, c.relowner FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
    AND ($1::oid[] IS NULL OR c.oid IN (SELECT oid FROM wanted))
), part (root, oid, inherits) AS (
  SELECT oid, oid, false FROM relation
  UNION
  SELECT part.root, i.inhrelid, part.inherits OR NOT c.relispartition FROM part
  JOIN pg_catalog.pg_inherits i ON i.inhparent = part.oid JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
), used (relation, "column", type) AS (
  SELECT a.attrelid, a.attname::text, a.atttypid FROM pg_catalog.pg_attribute a JOIN relation ON relation.oid = a.attrelid
  WHERE a.attnum > 0 AND NOT a.attisdropped AND a.atttypid >= ${firstOfUsers}
  UNION
  SELECT i.indrelid, NULL, a.atttypid FROM pg_catalog.pg_index i JOIN relation ON relation.oid = i.indrelid
  JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indexrelid
  WHERE i.indexprs IS NOT NULL AND i.indkey[a.attnum - 1] = 0 AND a.atttypid >= ${firstOfUsers}
  UNION
  SELECT holder.relation, NULL, d.refobjid FROM pg_catalog.pg_depend d JOIN (
    SELECT 'pg_catalog.pg_constraint'::regclass::oid, k.oid, k.conrelid FROM pg_catalog.pg_constraint k
    UNION ALL SELECT 'pg_catalog.pg_attrdef'::regclass, d.oid, d.adrelid FROM pg_catalog.pg_attrdef d
      JOIN pg_catalog.pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum AND a.attgenerated <> ''
    UNION ALL SELECT 'pg_catalog.pg_class'::regclass, i.indexrelid, i.indrelid FROM pg_catalog.pg_index i
  ) AS holder (class, object, relation) ON d.classid = holder.class AND d.objid = holder.object
  JOIN relation ON relation.oid = holder.relation WHERE d.refclassid = 'pg_catalog.pg_type'::regclass
  UNION
  SELECT used.relation, used."column", inner_type.oid FROM used JOIN pg_catalog.pg_type t ON t.oid = used.type
  CROSS JOIN LATERAL (
    SELECT t.typbasetype WHERE t.typtype = 'd'
    UNION ALL SELECT t.typelem WHERE t.typelem <> 0
    UNION ALL SELECT r.rngsubtype FROM pg_catalog.pg_range r WHERE r.rngtypid = t.oid
    UNION ALL SELECT r.rngtypid FROM pg_catalog.pg_range r WHERE t.typtype = 'm' AND to_jsonb(r) ->> 'rngmultitypid' = t.oid::text
    UNION ALL SELECT a.atttypid FROM pg_catalog.pg_attribute a
      WHERE a.attrelid = t.typrelid AND t.typtype = 'c' AND a.attnum > 0 AND NOT a.attisdropped
  ) AS inner_type (oid)
), thing (relation, maker, kind, name, "column", reads, class, object, tree, calls) AS (
  SELECT i.indrelid, relation.owner, 'index', c.relname::text, NULL::text, true, 'pg_catalog.pg_class'::regclass::oid, c.oid,
         concat(i.indexprs::text, i.indpred::text), 0::oid
  FROM pg_catalog.pg_index i JOIN relation ON relation.oid = i.indrelid JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
  WHERE i.indexprs IS NOT NULL OR i.indpred IS NOT NULL
  UNION ALL
  SELECT i.indrelid, relation.owner, 'index', c.relname, NULL, true, NULL, NULL, NULL, f.amproc::oid
  FROM pg_catalog.pg_amproc f JOIN pg_catalog.pg_opclass o ON o.opcfamily = f.amprocfamily
  JOIN pg_catalog.pg_index i ON o.oid = ANY (i.indclass) JOIN relation ON relation.oid = i.indrelid
  JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid WHERE f.amproc::oid >= ${firstOfUsers}
  UNION ALL
  SELECT s.stxrelid, relation.owner, 'statistics', s.stxname, NULL, true, 'pg_catalog.pg_statistic_ext'::regclass, s.oid,
         to_jsonb(s) ->> 'stxexprs', 0
  FROM pg_catalog.pg_statistic_ext s JOIN relation ON relation.oid = s.stxrelid
  UNION ALL
  SELECT p.partrelid, relation.owner, 'partition key', '', NULL, true, 'pg_catalog.pg_class'::regclass, p.partrelid, p.partexprs::text, 0
  FROM pg_catalog.pg_partitioned_table p JOIN relation ON relation.oid = p.partrelid WHERE p.partexprs IS NOT NULL
  UNION ALL
  SELECT d.adrelid, relation.owner, CASE a.attgenerated WHEN '' THEN 'default' ELSE 'generated' END, a.attname, NULL,
         a.attgenerated = 'v', 'pg_catalog.pg_attrdef'::regclass, d.oid, d.adbin::text, 0
  FROM pg_catalog.pg_attrdef d JOIN relation ON relation.oid = d.adrelid
  JOIN pg_catalog.pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
  UNION ALL
  SELECT k.conrelid, relation.owner, 'constraint', k.conname, NULL, false, 'pg_catalog.pg_constraint'::regclass, k.oid, k.conbin::text, 0
  FROM pg_catalog.pg_constraint k JOIN relation ON relation.oid = k.conrelid WHERE k.contype IN ('c', 'x')
  UNION ALL
  SELECT used.relation, t.typowner, 'constraint', k.conname, used."column", false, 'pg_catalog.pg_constraint'::regclass, k.oid, k.conbin::text, 0
  FROM used JOIN pg_catalog.pg_type t ON t.oid = used.type JOIN pg_catalog.pg_constraint k ON k.contypid = t.oid
  UNION ALL
  SELECT g.tgrelid, relation.owner, 'trigger', g.tgname, NULL, false, NULL, NULL, NULL, g.tgfoid
  FROM pg_catalog.pg_trigger g JOIN relation ON relation.oid = g.tgrelid
  WHERE g.tgenabled <> 'D' AND (NOT g.tgisinternal OR g.tgparentid <> 0)
  UNION ALL
  SELECT used.relation, t.typowner, 'cast', t.typname, used."column", c.castsource = t.oid, NULL, NULL, NULL, c.castfunc
  FROM used JOIN pg_catalog.pg_type t ON t.oid = used.type
  JOIN pg_catalog.pg_cast c ON t.oid IN (c.castsource, c.casttarget) WHERE c.castfunc <> 0
  UNION ALL
  SELECT used.relation, t.typowner, 'range', t.typname, NULL, false, NULL, NULL, NULL, f.oid
  FROM used JOIN pg_catalog.pg_range r ON r.rngtypid = used.type JOIN pg_catalog.pg_type t ON t.oid = r.rngtypid
  CROSS JOIN LATERAL (VALUES (r.rngsubdiff::oid), (r.rngcanonical::oid)) AS f (oid)
), called (relation, maker, kind, name, "column", reads, function) AS (
  SELECT t.relation, t.maker, t.kind, t.name, t."column", t.reads, t.calls FROM thing t WHERE t.calls <> 0
  UNION
  SELECT t.relation, t.maker, t.kind, t.name, t."column", t.reads, match[1]::oid
  FROM thing t CROSS JOIN LATERAL regexp_matches(t.tree, ':funcid ([0-9]+)', 'g') AS match
  UNION
  SELECT t.relation, t.maker, t.kind, t.name, t."column", t.reads, CASE d.refclassid WHEN 'pg_catalog.pg_proc'::regclass THEN d.refobjid ELSE o.oprcode END
  FROM thing t JOIN pg_catalog.pg_depend d ON d.classid = t.class AND d.objid = t.object
  LEFT JOIN pg_catalog.pg_operator o ON d.refclassid = 'pg_catalog.pg_operator'::regclass AND o.oid = d.refobjid
  WHERE d.refclassid IN ('pg_catalog.pg_proc'::regclass, 'pg_catalog.pg_operator'::regclass)
), code AS MATERIALIZED (
  SELECT c.relation, c.kind, c.name, c."column", c.reads, p.oid AS function,
         CASE WHEN NOT pg_has_role(p.proowner, session_user, 'MEMBER') THEN p.proowner ELSE c.maker END AS owner
  FROM called c JOIN pg_catalog.pg_proc p ON p.oid = c.function
  WHERE NOT pg_has_role(p.proowner, session_user, 'MEMBER')
     OR (c.kind NOT IN ('trigger', 'cast', 'range') AND p.provolatile <> 'i' AND p.proname ~ '${powerful}' AND NOT pg_has_role(c.maker, session_user, 'MEMBER'))
), hung (root, own, heirs) AS (
  SELECT one.root, json_agg(DISTINCT one.said) FILTER (WHERE NOT one.inherits), json_agg(DISTINCT one.said) FILTER (WHERE one.inherits)
  FROM (
    SELECT part.root, part.inherits, jsonb_build_object('kind', code.kind, 'name', code.name, 'column', code."column", 'runsOnRead', code.reads,
        'calls', n.nspname || '.' || p.proname, 'owner', pg_get_userbyid(code.owner)) AS said
    FROM part JOIN code ON code.relation = part.oid
    JOIN pg_catalog.pg_proc p ON p.oid = code.function JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
    UNION ALL
    SELECT part.root, part.inherits, jsonb_build_object('kind', 'domain', 'name', t.typname, 'column', used."column", 'runsOnRead', false,
        'calls', n.nspname || '.' || t.typname, 'owner', pg_get_userbyid(t.typowner))
    FROM part JOIN used ON used.relation = part.oid JOIN pg_catalog.pg_type t ON t.oid = used.type AND t.typtype = 'd'
    JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace WHERE NOT pg_has_role(t.typowner, session_user, 'MEMBER')
  ) AS one GROUP BY one.root
)
SELECT r.oid, pg_get_userbyid(r.owner)::text AS owner,
       coalesce(hung.own, '[]') AS code, coalesce(hung.heirs, '[]') AS "heirsCode"
FROM relation r LEFT JOIN hung ON hung.root = r.oid`;

/**
 * For these tables and what belongs to them, or for every table that is not the server's, by its oid. Reads only
 * the catalog, never a row, and runs nobody's code.
 */
export async function readOwnership(
  client: ClientBase,
  oids?: readonly number[],
): Promise<ReadonlyMap<number, TableOwnership>> {
  const { rows } = await client.query(codeSql, [oids ?? null]).catch((error: unknown) => {
    throw fromDriverError(error, 'reading the catalog');
  });
  return new Map(rows.map(({ oid, ...ownership }) => [oid, ownership as TableOwnership]));
}

/** What writing these columns of a row would run, or may run. */
export function runByWriting({ code }: TableOwnership, columns: readonly string[]): OthersCode[] {
  return code.filter(({ column }) => column === null || columns.includes(column));
}

/** The same for statements without ONLY, which include the tables that inherit. */
export function withHeirs(ownership: TableOwnership): TableOwnership {
  return { ...ownership, code: [...ownership.code, ...ownership.heirsCode] };
}

/** Why rows of a table are not read; undefined if there is no reason. */
export function barsReading({ code }: TableOwnership): string | undefined {
  const run = code.filter(({ runsOnRead }) => runsOnRead);
  return run.length === 0
    ? undefined
    : `reading it would run code owned by a role with fewer privileges: ${describeCode(run)}`;
}

/** `index by_hash (public.hash of mallory)`, each once, and no more than fit into a sentence. */
export function describeCode(code: readonly OthersCode[]): string {
  const each = [
    ...new Set(
      code.map(({ kind, name, calls, owner }) => `${`${kind} ${name}`.trim()} (${calls} of ${owner})`),
    ),
  ];
  const rest = each.length > maxNamed ? ` and ${each.length - maxNamed} more` : '';
  return `${each.slice(0, maxNamed).join(', ')}${rest}`;
}

const maxNamed = 6;

/** Throws if no row of the table may be read, because that would run code of others. */
export function assertReadable(label: string, ownership: TableOwnership | undefined): void {
  const why = ownership && barsReading(ownership);
  if (why === undefined) return;
  throw new KeelError(
    'preflight-stopped',
    `no row of ${label} was read: ${why}; nothing was changed`,
    asOwnerRemedy(ownership?.owner ?? ''),
  );
}

/**
 * Throws if a change of a row would run code of a role with fewer privileges in this session. `columns`: those
 * that are written, if not all.
 */
export function assertOwnCode(
  label: string,
  ownership: TableOwnership | undefined,
  columns?: readonly string[],
): void {
  if (!ownership) return;
  const code = columns ? runByWriting(ownership, columns) : ownership.code;
  if (code.length === 0) return;
  throw new KeelError(
    'preflight-stopped',
    `changing a row of ${label} would run code owned by a role with fewer privileges: ${describeCode(code)}; nothing was changed`,
    asOwnerRemedy(ownership.owner),
  );
}

/** The remedy if code of others is in the way. */
export function asOwnerRemedy(owner: string): string {
  return `log in as ${owner}, the table’s owner, or drop that code for the duration of the change`;
}
