import type { Client, QueryResult, QueryResultRow } from 'pg';
import { quoteName, quoteText } from '#postgres/identifiers';

export interface AsOwner {
  /** A role that this session may switch to. */
  readonly owner: string;
  /** One statement, which answers rows. */
  readonly statement: string;
  /** What it answers: names, and types of the system's. */
  readonly returns: readonly (readonly [name: string, type: string])[];
  /** Settings for its time. */
  readonly settings?: readonly (readonly [name: string, value: string])[];
  /** Quoted tables of this role that it reads; their schema `keel` is opened for its time. */
  readonly reads: readonly string[];
}

/**
 * Runs a statement with the rights of a table's owner and no others, in a function of its own that is gone afterwards. A mere SET ROLE
 * would not do: code that hangs on the table could take it back. In a SECURITY DEFINER function it cannot (GUC_NOT_WHILE_SEC_REST,
 * utils/guc.h). Deferred constraints are checked within it, too, and what such code set in the session is set back.
 */
export async function queryAsOwner<Row extends QueryResultRow>(
  client: Client,
  { owner, statement, returns, settings = [], reads }: AsOwner,
): Promise<Row[]> {
  const { rows } = await client.query(settingsSql, [owner]);
  const { isSelf, mayUse, before } = rows[0] as SessionFacts;
  const role = quoteName(owner);
  const name = 'pg_temp.keel_as_owner';
  const [grants, revokes] = isSelf ? [[], []] : rightsOf(role, reads, mayUse);
  const config = [['search_path', 'pg_catalog, pg_temp'], ...settings].map(
    (pair) => `SET ${pair.join(' = ')}`,
  );
  const columns = returns.map((pair) => pair.join(' pg_catalog.')).join(', ');
  const answers: unknown = await client.query(
    [
      'SET CONSTRAINTS ALL IMMEDIATE',
      ...grants,
      `CREATE FUNCTION ${name}() RETURNS TABLE (${columns}) LANGUAGE sql VOLATILE SECURITY DEFINER ${config.join(' ')} AS ${quoteText(statement)}`,
      ...(isSelf ? [] : [`ALTER FUNCTION ${name}() OWNER TO ${role}`]),
      `SELECT * FROM ${name}()`,
      // resolves no name, so that it holds whatever the path is now
      'SET search_path = pg_catalog, pg_temp',
      setBack(before),
      `DROP FUNCTION ${name}()`,
      ...revokes,
    ].join('; '),
  );
  return (answers as QueryResult<Row>[]).find(({ command }) => command === 'SELECT')?.rows ?? [];
}

interface SessionFacts {
  readonly isSelf: boolean;
  /** The owner may use the schema `keel` already. */
  readonly mayUse: boolean;
  readonly before: Readonly<Record<string, string>>;
}

/** Settings that the owner's code could change, as they are now. */
const settingsSql = `
  SELECT $1 = current_user AS "isSelf",
         coalesce((SELECT has_schema_privilege($1, oid, 'USAGE') FROM pg_namespace WHERE nspname = 'keel'), true) AS "mayUse",
         (SELECT json_object_agg(name, current_setting(name)) FROM pg_settings
          WHERE (context = 'user' OR context = 'superuser' AND (SELECT rolsuper FROM pg_roles WHERE rolname = current_user))
            AND name NOT LIKE 'transaction\\_%' AND name NOT IN ('role', 'session_authorization', 'seed')) AS before`;

function setBack(before: SessionFacts['before']): string {
  const [name, value] = ['was.key', 'was.value'];
  return (
    `SELECT pg_catalog.set_config(${name}, ${value}, false) FROM pg_catalog.json_each_text(${quoteText(JSON.stringify(before))}) AS was ` +
    `WHERE pg_catalog.current_setting(${name}) IS DISTINCT FROM ${value}`
  );
}

function rightsOf(role: string, reads: readonly string[], mayUse: boolean): [string[], string[]] {
  const schema = mayUse ? [] : ['USAGE ON SCHEMA keel'];
  const rights = [...schema, ...reads.map((table) => `SELECT ON ${table}`)];
  return [
    rights.map((right) => `GRANT ${right} TO ${role}`),
    rights.map((right) => `REVOKE ${right} FROM ${role}`),
  ];
}
