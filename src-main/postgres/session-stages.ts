import type pg from 'pg';
import { counted } from '#shared/counted';
import type { ServerFacts } from './connect.ts';
import { failed, type Found, passed, warning } from './connection-stage.ts';
import { oldestVersionOf } from './engine/engine.ts';
import { refusedRemedy, refusedWords } from './engine/refused-engine.ts';
import { quoteName } from './identifiers.ts';

/** What the role may do with the tables that it sees. */
export interface RoleFacts {
  readonly user: string;
  readonly database: string;
  readonly tables: number;
  readonly readable: number;
  readonly updatable: number;
  /** Tables of which row-level security may hide rows from this role. */
  readonly filtered: number;
  readonly mayMakeSchema: boolean;
}

/** Reads the catalog only, never a row. */
export async function readRoleFacts(client: pg.Client): Promise<RoleFacts> {
  const { rows } = await client.query(
    `SELECT current_user::text AS user, current_database()::text AS database,
            count(*)::int AS tables,
            (count(*) FILTER (WHERE has_schema_privilege(n.oid, 'USAGE')
              AND has_any_column_privilege(c.oid, 'SELECT')))::int AS readable,
            (count(*) FILTER (WHERE has_schema_privilege(n.oid, 'USAGE')
              AND has_any_column_privilege(c.oid, 'UPDATE')))::int AS updatable,
            (count(*) FILTER (WHERE row_security_active(c.oid)))::int AS filtered,
            coalesce((SELECT has_schema_privilege(oid, 'CREATE') FROM pg_namespace WHERE nspname = 'keel'),
              has_database_privilege(current_database(), 'CREATE')) AS "mayMakeSchema"
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence <> 't'
       AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'keel') AND n.nspname NOT LIKE 'pg\\_%'`,
  );
  return rows[0];
}

export function judgeSchema(server: ServerFacts, { tables, database }: RoleFacts): Found {
  const { version, versionText, engine } = server;
  if (engine.way === 'refused') return failed(refusedWords(engine.name, engine.lacks), refusedRemedy);
  if (version < oldestVersionOf(engine)) {
    return failed(
      `the server runs PostgreSQL ${versionText}, which is too old`,
      'upgrade the server: Keel requires PostgreSQL 13 or later',
    );
  }
  const found = `PostgreSQL ${versionText}, ${counted(tables, 'table')} in ${database}`;
  if (tables === 0) return warning(found, 'check the database name: this database is empty');
  if (engine.way === 'usual') return passed(found);
  const way = engine.way === 'portable' ? `; rows are rewritten in the portable way: ${engine.lacks}` : '';
  return warning(
    `${engine.name}, which Keel has never been run on (untested)${way}; ${found}`,
    'first rotate a restored copy of the database on the same engine',
  );
}

export function judgePrivileges(server: ServerFacts, role: RoleFacts): Found {
  const { tables, readable } = role;
  const name = quoteName(role.user);
  if (tables > 0 && readable === 0) {
    return failed(
      `${role.user} cannot read any of the ${counted(tables, 'table')}`,
      `grant ${name} USAGE on the schema and SELECT, UPDATE on all tables in it, or connect as their owner`,
    );
  }
  const weaknesses = weaknessesOf(server, role);
  if (weaknesses.length === 0) {
    if (tables === 0) return passed('may create the schema keel; there are no tables to read yet');
    return passed(`may read and update ${allOf(tables)} and create the schema keel, as a rotation requires`);
  }
  return warning(
    weaknesses.map(([what]) => what).join('; '),
    weaknesses.map(([, remedy]) => remedy).join('; '),
  );
}

function weaknessesOf(server: ServerFacts, role: RoleFacts): [what: string, remedy: string][] {
  const { tables, readable, updatable, filtered } = role;
  const name = quoteName(role.user);
  const found: [string, string][] = [];
  if (server.inRecovery || server.readOnly) {
    found.push([
      'the server does not accept writes: it can be read, but not rotated',
      'connect to the primary',
    ]);
  }
  if (readable < tables) {
    found.push([
      `may read ${readable} of ${counted(tables, 'table')}: encrypted values in the others are not found`,
      `GRANT SELECT, UPDATE ON ALL TABLES IN SCHEMA … TO ${name}, or connect as their owner`,
    ]);
  }
  if (updatable < readable) {
    found.push([
      `may update ${updatable} of ${counted(tables, 'table')}: the others cannot be rotated`,
      `GRANT UPDATE ON ALL TABLES IN SCHEMA … TO ${name}, or connect as their owner`,
    ]);
  }
  if (filtered > 0) {
    found.push([
      `row-level security may hide rows of ${counted(filtered, 'table')}: they cannot be read completely`,
      'connect as their owner or as a role with BYPASSRLS',
    ]);
  }
  if (!role.mayMakeSchema) {
    found.push([
      'cannot create the schema keel: rows are then staged on a single connection, and the proof that a rotation was committed is kept on this machine only',
      `GRANT CREATE ON DATABASE ${quoteName(role.database)} TO ${name}`,
    ]);
  }
  return found;
}

function allOf(tables: number): string {
  return tables === 1 ? 'the only table' : `all ${counted(tables, 'table')}`;
}
