import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const program = join(import.meta.dirname, 'standing-keel.mjs');
/** Processes that are kept. More are started for commands that wait for each other. */
const kept = 4;
const longestWaitMs = 15_000;

/**
 * Processes in which the tests of a run have their commands run: most of what a command costs is code that is run for the first
 * time. One command at a time is in a process. Listens where KEEL_TEST_COMMANDS says; returns what ends them.
 */
export default async function setup(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'keel-commands-'));
  const address =
    process.platform === 'win32' ? `\\\\.\\pipe\\keel-commands-${process.pid}` : join(folder, 'commands');
  const pool = new Pool(folder);
  const server = createServer((socket) => void serve(socket, pool));
  server.listen(address);
  await once(server, 'listening');
  // the runner's workers inherit it
  process.env['KEEL_TEST_COMMANDS'] = address;
  return async () => {
    server.close();
    await pool.end();
    await rm(folder, { recursive: true, force: true });
  };
}

/** A line in says what to run; lines out, what it wrote to stderr, and at last how it ended. */
async function serve(socket: Socket, pool: Pool): Promise<void> {
  socket.on('error', () => undefined);
  const [line] = (await once(createInterface(socket), 'line')) as [string];
  const keel = await pool.take();
  const tell = (message: object) => socket.write(`${JSON.stringify(message)}\n`);
  const ended = new Promise<object>((resolve) => {
    let last: object = { status: null, stdout: '' };
    keel.on('message', (message: { talk?: string; isSpent?: boolean }) => {
      if (message.talk !== undefined) tell(message);
      // what the run left open closes as its process ends
      else if (message.isSpent) last = message;
      else resolve(message);
    });
    keel.once('exit', () => resolve(last));
  });
  keel.send(JSON.parse(line));
  tell(await ended);
  socket.end();
  pool.giveBack(keel);
}

class Pool {
  /** Where what the processes share is kept. */
  readonly #folder: string;
  readonly #idle: ChildProcess[] = [];
  readonly #waiting: ((keel: ChildProcess) => void)[] = [];
  readonly #all = new Set<ChildProcess>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  async take(): Promise<ChildProcess> {
    const idle = this.#idle.pop();
    if (idle) return idle;
    if (this.#all.size < kept) return this.#start();
    return new Promise((resolve) => {
      const take = (keel: ChildProcess) => {
        clearTimeout(timer);
        resolve(keel);
      };
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(take), 1);
        resolve(this.#start());
      }, longestWaitMs);
      this.#waiting.push(take);
    });
  }

  giveBack(keel: ChildProcess): void {
    keel.removeAllListeners('message').removeAllListeners('exit');
    keel.once('exit', () => this.#forget(keel));
    if (keel.exitCode !== null || keel.signalCode !== null) this.#forget(keel);
    else {
      const next = this.#waiting.shift();
      if (next) next(keel);
      else if (this.#all.size > kept) keel.disconnect();
      else this.#idle.push(keel);
      return;
    }
    const next = this.#waiting.shift();
    next?.(this.#start());
  }

  async end(): Promise<void> {
    await Promise.all(
      [...this.#all].map(async (keel) => {
        const ended = once(keel, 'exit');
        keel.kill('SIGKILL');
        await ended;
      }),
    );
  }

  #start(): ChildProcess {
    const keel = fork(program, [this.#folder], {
      env: { PATH: process.env['PATH'] },
      execArgv: ['--min-semi-space-size=16'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#all.add(keel);
    return keel;
  }

  #forget(keel: ChildProcess): void {
    this.#all.delete(keel);
    const at = this.#idle.indexOf(keel);
    if (at >= 0) this.#idle.splice(at, 1);
  }
}
