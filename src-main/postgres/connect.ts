import type pg from 'pg';
import { fromDriverError } from './connection-errors.ts';
import { settleSession, startupOptions } from './session-settings.ts';
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
  const config: pg.ClientConfig = {
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
  };
  const client = await start({ ...config, options: startupOptions() }).catch((error: unknown) => {
    if (!takesNoOptions(error)) throw error;
    return start(config);
  });
  try {
    await settleSession(client);
    return client;
  } catch (error) {
    await client.end();
    throw error;
  }
}

async function start(config: pg.ClientConfig): Promise<pg.Client> {
  // loaded with the first connection: most commands make none
  const { default: driver } = await import('pg');
  const client = new driver.Client(config);
  // a lost connection shows in the query that needs it; unheard, the event would end the process
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** PgBouncer's answer (in the class of protocol violations) to parameters that it does not keep track of. */
function takesNoOptions(error: unknown): boolean {
  return error instanceof Error && /unsupported startup parameter/.test(error.message);
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
