import type { Client } from 'pg';
import { type Finding, pass, stop, warn } from './finding.ts';
import { ensureKeelSchema } from './keel-schema.ts';
import { createSql, type StagingPlace, type StagingTable } from './staging-table.ts';

/** Where rows can be staged here, and what the server lets Keel do about it. */
export interface StagingChoice {
  readonly place: StagingPlace;
  /** False where an event trigger refuses ALTER TABLE, by which triggers are disabled. */
  readonly mayAlter: boolean;
  readonly finding: Finding;
}

/** What kind of tables Keel's own schema gets. */
type OwnPlace = Exclude<StagingPlace, 'temporary'>;

/** What a choice rests on. */
export interface StagingFacts {
  readonly writable: boolean;
  /** Whether the role may create tables in the schema `keel`, or create that schema. */
  readonly maySchema: boolean;
  /** The schema `keel` is there, and another role's. */
  readonly foreign: boolean;
  readonly mayTemporary: boolean;
  readonly eventTriggers: readonly string[];
  /** Those of them whose code is a role's with fewer rights. */
  readonly eventTriggersOfOthers: readonly string[];
}

/**
 * Chooses Keel's own schema, or temporary tables where the role may not create one, where it belongs to somebody else, or where an
 * event trigger is in the way. What an event trigger refuses cannot be read anywhere: where there are any, it is tried in a
 * transaction that is rolled back. `own`: what kind of tables Keel's own schema gets; where these are `plain`, temporary ones do not do.
 */
export async function chooseStaging(
  client: Client,
  facts: StagingFacts,
  own: OwnPlace = 'schema',
): Promise<StagingChoice> {
  if (facts.eventTriggersOfOthers.length > 0)
    return { place: own === 'plain' ? own : 'temporary', mayAlter: false, finding: runsOthers(facts) };
  const mayUseTemporary = facts.mayTemporary && own === 'schema';
  if (!facts.writable || facts.eventTriggers.length === 0) {
    const place = facts.maySchema ? own : mayUseTemporary ? 'temporary' : undefined;
    return chosen(facts, place, own, true);
  }
  await client.query(`BEGIN; SET LOCAL lock_timeout = ${trialTimeoutMs}`);
  try {
    const maySchema = facts.maySchema && (await tryOut(client, () => useTables(client, own)));
    const mayTemporary = mayUseTemporary && (await tryOut(client, () => useTables(client, 'temporary')));
    const place = maySchema ? own : mayTemporary ? 'temporary' : undefined;
    const mayAlter = place === undefined || (await tryOut(client, () => alterTable(client, place)));
    return chosen(facts, place, own, mayAlter);
  } finally {
    await client.query('ROLLBACK');
  }
}

/** Creating a table would run it, and so would trying that. */
function runsOthers({ eventTriggersOfOthers }: StagingFacts): Finding {
  return stop(
    'code-of-others',
    `creating tables would run event triggers with more privileges than their owners have: ${eventTriggersOfOthers.join(', ')}`,
    'disable them for the duration of the rotation (ALTER EVENT TRIGGER … DISABLE), or change the owner of their functions to a superuser',
  );
}

const trialTimeoutMs = 2_000;

/** Reads the catalog only. */
export async function readStagingFacts(client: Client): Promise<StagingFacts> {
  const { rows } = await client.query(
    `SELECT NOT pg_is_in_recovery() AND current_setting('transaction_read_only') = 'off' AS writable,
            coalesce(k.ours AND k.usable, has_database_privilege(current_database(), 'CREATE')) AS "maySchema",
            coalesce(NOT k.ours, false) AS foreign,
            has_database_privilege(current_database(), 'TEMPORARY') AS "mayTemporary",
            ARRAY (SELECT evtname::text FROM pg_event_trigger
                   WHERE evtenabled IN ('O', 'A') AND evtevent <> 'login' ORDER BY 1) AS "eventTriggers",
            ARRAY (SELECT format('%s (%s of %s)', evtname, p.proname, pg_get_userbyid(p.proowner)) FROM pg_event_trigger e JOIN pg_proc p ON p.oid = e.evtfoid
                   WHERE evtenabled IN ('O', 'A') AND evtevent <> 'login' AND NOT pg_has_role(p.proowner, session_user, 'MEMBER')
                   ORDER BY 1) AS "eventTriggersOfOthers"
     FROM (SELECT) AS one LEFT JOIN LATERAL (
       SELECT pg_has_role(nspowner, 'USAGE')
                AND (pg_has_role(nspowner, session_user, 'MEMBER') OR pg_get_userbyid(nspowner) = current_user) AS ours,
              has_schema_privilege(oid, 'CREATE') AS usable
       FROM pg_namespace WHERE nspname = 'keel') AS k ON true`,
  );
  return rows[0];
}

function trialTable(place: StagingPlace, name = 'staged_trial'): Pick<StagingTable, 'place' | 'sql'> {
  return { place, sql: `${place === 'temporary' ? 'pg_temp' : 'keel'}.${name}` };
}

/** Creates and drops tables as a rotation does. Temporary ones go with their connection, and are never dropped. */
async function useTables(client: Client, place: StagingPlace): Promise<void> {
  const table = trialTable(place);
  if (place !== 'temporary') await ensureKeelSchema(client);
  await client.query(`${createSql(table)} (k0 pg_catalog.int4)`);
  await client.query(`${createSql(trialTable(place, 'staged_trial_2'))} AS SELECT 1 AS n`);
  if (place !== 'temporary') await client.query(`DROP TABLE ${table.sql}`);
}

async function alterTable(client: Client, place: StagingPlace): Promise<void> {
  const table = trialTable(place);
  // what was tried before is undone
  if (place !== 'temporary') await ensureKeelSchema(client);
  await client.query(`${createSql(table)} (k0 pg_catalog.int4)`);
  await client.query(`ALTER TABLE ${table.sql} DISABLE TRIGGER USER`);
}

/** Whether the server lets it be done. It is undone in any case. */
async function tryOut(client: Client, act: () => Promise<void>): Promise<boolean> {
  await client.query('SAVEPOINT trial');
  try {
    await act();
    return true;
  } catch {
    // a lost connection shows in the next statement
    return false;
  } finally {
    await client.query('ROLLBACK TO SAVEPOINT trial');
  }
}

function chosen(
  facts: StagingFacts,
  place: StagingPlace | undefined,
  own: OwnPlace,
  mayAlter: boolean,
): StagingChoice {
  if (place === own) {
    const finding = pass('staging', 'staging tables and the journal are created in the schema keel');
    return { place, mayAlter, finding };
  }
  const why = facts.foreign
    ? 'the schema keel belongs to another role, or to one with fewer privileges'
    : facts.maySchema
      ? `an event trigger (${facts.eventTriggers.join(', ')}) blocks the creation of the schema keel or its tables`
      : 'the role may not create the schema keel';
  const allow = facts.foreign
    ? 'rename that schema, or connect as its owner'
    : facts.maySchema
      ? 'disable the event trigger for the duration of the rotation (ALTER EVENT TRIGGER … DISABLE)'
      : 'grant the role CREATE on the database';
  if (place === undefined) {
    const temporary =
      own === 'plain'
        ? 'the portable way does not use temporary tables'
        : facts.mayTemporary
          ? `an event trigger (${facts.eventTriggers.join(', ')}) blocks the creation of temporary tables`
          : 'it may not create temporary tables either';
    const finding = stop(
      'staging',
      `rows cannot be staged anywhere: ${why}, and ${temporary}`,
      `${allow}${facts.mayTemporary || own === 'plain' ? '' : ', or grant the role TEMPORARY on the database'}`,
    );
    return { place: own === 'plain' ? own : 'temporary', mayAlter, finding };
  }
  const finding = warn(
    'staging',
    `${why}: rows are staged in temporary tables, and after a crash Keel can find out whether the rotation was committed only by trying both keys on the rows`,
    `${allow}, to keep the journal in the database`,
  );
  return { place, mayAlter, finding };
}
