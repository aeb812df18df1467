import { execFile, spawn } from 'node:child_process';
import { chmod, chown, mkdir, readFile, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { temporaryFolder } from '#practice/temporary-folder';
import { freePort } from './other-servers.ts';
import { quickSettings } from './postgres-server.ts';
import { sharedServerUrl } from './test-database.ts';

/** What Keel promises to rotate on. The newest one is the server that every run starts. */
export const majors = [13, 14, 15, 16, 17, 18] as const;
export type Major = (typeof majors)[number];
const newest: Major = 18;

export interface VersionedServer extends AsyncDisposable {
  /** URL of the maintenance database. */
  readonly url: string;
}

/** The majors that this run tests: the oldest and the newest, or all of them (`npm run test:versions`). */
export function majorsOfThisRun(): readonly Major[] {
  return process.env['KEEL_TEST_VERSIONS'] === 'all' ? majors : [newest, majors[0]];
}

/** Why there is no server of a major here; undefined where there is one. */
export function missingServer(major: Major): string | undefined {
  if (major === newest || folderOf(major) !== undefined) return undefined;
  return `PostgreSQL ${major} is not installed: npm has pg${major} for linux-x64, and this is ${process.platform}-${process.arch}`;
}

/** A PostgreSQL of that major on a free port of the loopback interface, in a folder of its own. */
export async function startVersion(major: Major): Promise<VersionedServer> {
  if (major === newest) return { url: sharedServerUrl(), [Symbol.asyncDispose]: async () => undefined };
  const native = folderOf(major);
  if (native === undefined) throw new Error(missingServer(major));
  await makeSymlinks(native);
  const folder = await temporaryFolder('postgres');
  const data = join(folder, 'data');
  const owner = await serverAccount();
  await chmod(folder, 0o755);
  await mkdir(data, { mode: 0o700 });
  if (owner) await chown(data, owner.uid, owner.gid);
  const initdb = ['--pgdata', data, '--username', 'postgres', '--auth', 'trust', '--encoding', 'UTF8'];
  await promisify(execFile)(join(native, 'bin', 'initdb'), [...initdb, '--locale', 'C', '--no-sync'], {
    ...owner,
  });
  const port = await freePort();
  const settings = [
    ...['listen_addresses=127.0.0.1', 'unix_socket_directories=', `port=${port}`],
    ...[...quickSettings, 'wal_level=logical'],
  ];
  const server = spawn(
    join(native, 'bin', 'postgres'),
    ['-D', data, ...settings.flatMap((setting) => ['-c', setting])],
    { ...owner, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const ended = new Promise<void>((done) => {
    server.once('exit', () => done());
  });
  await new Promise<void>((ready, failed) => {
    let log = '';
    server.stderr.on('data', (chunk) => {
      log += String(chunk);
      if (log.includes('ready to accept connections')) ready();
    });
    void ended.then(() => failed(new Error(`PostgreSQL ${major} did not start: ${log.slice(-400)}`)));
  });
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres?sslmode=disable`,
    [Symbol.asyncDispose]: async () => {
      server.kill('SIGINT');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function folderOf(major: Major): string | undefined {
  try {
    const entry = createRequire(import.meta.url).resolve(`pg${major}`);
    return join(dirname(entry), '..', 'native');
  } catch {
    return undefined;
  }
}

/** npm packages cannot carry links; their install script makes these, where it may run. */
async function makeSymlinks(native: string): Promise<void> {
  const listed = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of listed) {
    // both lie in one folder, and are named from the package's own
    await symlink(basename(source), join(native, '..', target)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

/** PostgreSQL refuses to run as root; the account is the one that the newest server was started under. */
async function serverAccount(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map(async (what) => Number((await promisify(execFile)('id', [what, 'postgres'])).stdout)),
  );
  return { uid: uid as number, gid: gid as number };
}
