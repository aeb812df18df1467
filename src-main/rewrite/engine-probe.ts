import type { Client } from 'pg';
import type { Field } from '#postgres/copy-binary';
import { copyInto, streamRows } from '#postgres/row-stream';

/** What was tried of what a rotation rests on. */
export interface Probed {
  /** What works as in PostgreSQL, in the order in which it was tried. */
  readonly works: readonly string[];
  /** The first that does not; what comes after it was not tried. */
  readonly fails?: string;
}

interface Trial {
  readonly name: string;
  /** Answers false where it does not do what it does in PostgreSQL; may throw what the server says. */
  readonly works: (client: Client) => Promise<boolean>;
}

const table = 'pg_temp.keel_probe';
const one = Buffer.from([0, 0, 0, 1]);

async function* oneRow() {
  yield [[one]];
}

const trials: readonly Trial[] = [
  { name: 'temporary tables', works: (client) => runs(client, 'CREATE TEMPORARY TABLE keel_probe (n int4)') },
  { name: 'LOCK TABLE', works: (client) => runs(client, `LOCK TABLE ${table} IN SHARE ROW EXCLUSIVE MODE`) },
  {
    name: 'binary COPY',
    works: async (client) => {
      await copyInto(client, table, oneRow());
      const rows: Field[][] = [];
      for await (const batch of streamRows(client, `SELECT n FROM ${table}`)) rows.push(...batch);
      return rows.length === 1 && rows[0]?.[0]?.equals(one) === true;
    },
  },
  {
    name: 'ctid',
    works: async (client) => {
      const { rowCount } = await client.query(
        `UPDATE ${table} AS t SET n = 2 FROM (SELECT ctid AS place FROM ${table}) AS s WHERE t.ctid = s.place`,
      );
      return rowCount === 1;
    },
  },
  {
    name: 'xmin',
    works: (client) => holds(client, `SELECT t.xmin = pg_current_xact_id()::xid AS holds FROM ${table} AS t`),
  },
  {
    name: 'pg_xact_status',
    works: (client) => holds(client, `SELECT pg_xact_status(pg_current_xact_id()) = 'in progress' AS holds`),
  },
];

async function runs(client: Client, statement: string): Promise<boolean> {
  await client.query(statement);
  return true;
}

async function holds(client: Client, select: string): Promise<boolean> {
  const { rows } = await client.query(select);
  return rows[0]?.holds === true;
}

/**
 * Tries on a temporary table, in a transaction that is rolled back, what a rotation does with rows. Unlogged tables are not tried: staging
 * creates them before anything is locked. Throws where the connection is lost.
 */
export async function probeEngine(client: Client): Promise<Probed> {
  const works: string[] = [];
  await client.query('BEGIN');
  try {
    for (const trial of trials) {
      // a lost connection shows in the ROLLBACK
      if (!(await trial.works(client).catch(() => false))) return { works, fails: trial.name };
      works.push(trial.name);
    }
    return { works };
  } finally {
    await client.query('ROLLBACK');
  }
}

/** Whether the role may create the table that it takes. */
export function mayProbe(client: Client): Promise<boolean> {
  return holds(client, `SELECT has_database_privilege(current_database(), 'TEMPORARY') AS holds`);
}
