import pg from 'pg';
import { fromDriverError } from './connection-errors.ts';
import { type DatabaseTarget, describeTarget } from './target.ts';
import { tlsOptions } from './tls.ts';

/** What the server says about itself and this session. */
export interface ServerFacts {
  /** Like 180004. */
  readonly version: number;
  readonly versionText: string;
  readonly inRecovery: boolean;
  readonly readOnly: boolean;
  readonly backendPid: number;
  /** The process that greeted the client is not the one that runs its statements. */
  readonly pooled: boolean;
}

/**
 * The database is not trusted: names resolve to the system's own functions only, and a query that row-level security
 * would filter fails instead. Values have one text form, whatever the server is set to. Timeouts that would break long work are off for this session.
 */
const sessionSettings = `
  SET search_path = pg_catalog;
  SET row_security = off;
  SET standard_conforming_strings = on;
  SET client_encoding = 'UTF8';
  SET DateStyle = 'ISO';
  SET TimeZone = 'UTC';
  SET bytea_output = 'hex';
  SET extra_float_digits = 1;
  SELECT set_config(name, '0', false) FROM pg_settings WHERE name IN ('statement_timeout',
    'idle_in_transaction_session_timeout', 'idle_session_timeout', 'transaction_timeout')`;

/** Connects and prepares the session. The caller ends the client. Throws what stands in the way, with a remedy. */
export async function connect(
  target: DatabaseTarget,
  { applicationName }: { readonly applicationName: string },
): Promise<pg.Client> {
  const ssl = await tlsOptions(target);
  const mayFallBack = target.sslmode === 'prefer' || target.sslmode === 'allow';
  try {
    return await connectOnce(target, applicationName, ssl).catch((error: unknown) => {
      const offersNone = error instanceof Error && /does not support SSL/.test(error.message);
      if (!mayFallBack || !offersNone) throw error;
      return connectOnce(target, applicationName, false);
    });
  } catch (error) {
    throw fromDriverError(error, `connecting to ${describeTarget(target)}`);
  }
}

async function connectOnce(
  target: DatabaseTarget,
  applicationName: string,
  ssl: Awaited<ReturnType<typeof tlsOptions>>,
): Promise<pg.Client> {
  const client = new pg.Client({
    host: target.host,
    port: target.port,
    database: target.database,
    user: target.user,
    password: target.password?.bytes.toString('utf8'),
    ssl,
    application_name: applicationName,
    connectionTimeoutMillis: target.connectTimeoutMs,
    keepAlive: true,
    // the system's own default is two hours
    keepAliveInitialDelayMillis: 10_000,
  });
  // a lost connection shows in the query that needs it; unheard, the event would end the process
  client.on('error', () => undefined);
  await client.connect();
  await client.query(sessionSettings).catch(async (error: unknown) => {
    await client.end();
    throw error;
  });
  return client;
}

export async function serverFacts(client: pg.Client): Promise<ServerFacts> {
  const { rows } = await client.query(
    `SELECT current_setting('server_version_num')::int AS version,
            split_part(current_setting('server_version'), ' ', 1) AS "versionText",
            pg_is_in_recovery() AS "inRecovery",
            current_setting('transaction_read_only') = 'on' AS "readOnly",
            pg_backend_pid() AS "backendPid"`,
  );
  const greeted = (client as pg.Client & { processID?: number }).processID;
  return { ...rows[0], pooled: greeted !== undefined && greeted !== rows[0].backendPid };
}
