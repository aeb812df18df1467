import type { ConnectionOptions } from 'node:tls';
import type pg from 'pg';
import { KeelError } from '#errors/keel-error';
import { requestCancel } from './session/cancel-request.ts';
import { fromDriverError, refusedByNamedAuthority } from './connection-errors.ts';
import { type Engine, engineByBanner, engineOf, signs } from './engine/engine.ts';
import { refusalBehind } from './engine/refused-engine.ts';
import { connectToWritable } from './several-hosts.ts';
import type { KeelClient, KeelClientConfig } from './session/keel-client.ts';
import { isServed } from './session/served.ts';
import { settleSession, startupOptions, unsettled } from './session/session-settings.ts';
import { type DatabaseTarget, describeTarget } from './target.ts';
import { tlsOptions } from './tls.ts';

/** What the server says about itself and this session. */
export interface ServerFacts {
  /** Like 180004. */
  readonly version: number;
  readonly versionText: string;
  readonly engine: Engine;
  readonly inRecovery: boolean;
  readonly readOnly: boolean;
  readonly backendPid: number;
  /** When that process began, as the server writes it; null where the session took on a role that may not see it. */
  readonly backendStart: string | null;
  /** The process that greeted the client is not the one that runs its statements. */
  readonly pooled: boolean;
}

export interface ConnectOptions {
  readonly applicationName: string;
  /** Ends what the connection waits for, and where that takes too long the connection. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Connects and prepares the session; of several hosts to the first that takes writes. The caller ends the client. Throws what is in
 * the way, with a remedy.
 */
export function connect(target: DatabaseTarget, options: ConnectOptions): Promise<KeelClient> {
  const another = () => connect(target, options);
  const open = (host: DatabaseTarget) => connectToHost(host, { ...options, another });
  return target.others ? connectToWritable(target, open) : open(target);
}

interface HostOptions extends ConnectOptions {
  readonly another: () => Promise<KeelClient>;
}

async function connectToHost(target: DatabaseTarget, options: HostOptions): Promise<KeelClient> {
  const ssl = await tlsOptions(target);
  const mayFallBack = mayFallBackToPlain(target);
  try {
    return await connectOnce(target, options, ssl).catch((error: unknown) => {
      const offersNone = error instanceof Error && /does not support SSL/.test(error.message);
      if (!mayFallBack || !offersNone) throw error;
      return connectOnce(target, options, false);
    });
  } catch (error) {
    const doing = `connecting to ${describeTarget(target)}`;
    const named = refusedByNamedAuthority(target, (error as { code?: unknown }).code);
    if (named)
      throw new KeelError('tls-failed', `${doing}: ${named.message}`, named.remedy, { cause: error });
    throw fromDriverError(error, doing);
  }
}

async function connectOnce(
  target: DatabaseTarget,
  { applicationName, signal, another }: HostOptions,
  ssl: ConnectionOptions | false,
): Promise<KeelClient> {
  const config: KeelClientConfig = {
    host: target.hostaddr ?? target.host,
    port: target.port,
    database: target.database,
    user: target.user,
    password: target.password?.bytes.toString('utf8'),
    ssl,
    mayTellInClear: !mayFallBackToPlain(target),
    another,
    application_name: applicationName,
    connectionTimeoutMillis: target.connectTimeoutMs,
    keepAlive: true,
    // the system's own default is two hours
    keepAliveInitialDelayMillis: 10_000,
  };
  let passed = true;
  const options = [target.options ?? '', startupOptions()].join(' ').trim();
  const client = await start({ ...config, options }, signal).catch((error: unknown) => {
    // without the settings that the admin asked for it would be another session than was meant
    if (!takesNoOptions(error) || target.options !== undefined) throw error;
    passed = false;
    return start(config, signal);
  });
  const ask = () => start({ ...config, application_name: 'keel watch', options: '' });
  client.watch({
    silenceMs: target.connectTimeoutMs * timeout,
    isServed: (silent) => isServed(silent, ask),
    cancel: (key) => requestCancel(target, ssl, key),
  });
  // one that is opened after the signal is for clearing up
  if (signal && !signal.aborted) interruptOn(client, signal);
  try {
    const { settings, backendPid, banner } = await unsettled(client);
    client.portable = engineByBanner(banner)?.traits;
    // what a pooler hands on is not ours to set
    if (passed && backendPid === client.state.processId) await settleSession(client, settings);
    else client.guestWith(settings);
    return client;
  } catch (error) {
    const refusal = await refusalBehind(client, error);
    await client.end();
    throw refusal ?? error;
  }
}

/** Nobody said that there is to be TLS, nor that there need not be. */
function mayFallBackToPlain({ sslmode, host }: DatabaseTarget): boolean {
  return !host.startsWith('/') && (sslmode === 'prefer' || sslmode === 'allow');
}

function interruptOn(client: KeelClient, signal: AbortSignal): void {
  const interrupt = () => client.interrupt();
  signal.addEventListener('abort', interrupt, { once: true });
  client.once('end', () => signal.removeEventListener('abort', interrupt));
}

/** A server is silent once nothing has come for so many times as long as it may take to let somebody in. */
const timeout = 1.5;

async function start(config: KeelClientConfig, signal?: AbortSignal): Promise<KeelClient> {
  // loaded with the first connection: most commands make none
  const { KeelClient: Client } = await import('./session/keel-client.ts');
  const client = new Client(config);
  // a lost connection shows in the query that needs it; unheard, the event would end the process
  client.on('error', () => undefined);
  const cut = () => client.cut('KEEL_INTERRUPTED');
  signal?.addEventListener('abort', cut);
  try {
    await client.connect();
    return client;
  } finally {
    signal?.removeEventListener('abort', cut);
  }
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
            pg_backend_pid() AS "backendPid",
            (SELECT backend_start::text FROM pg_stat_activity WHERE pid = pg_backend_pid()) AS "backendStart",
            ${signs}`,
  );
  const { banner, extensions, settings, ...said } = rows[0];
  const engine = engineOf({ banner, version: said.version, extensions, settings });
  const greeted = (client as pg.Client & { processID?: number }).processID;
  return { ...said, engine, pooled: greeted !== undefined && greeted !== said.backendPid };
}
