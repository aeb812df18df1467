import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { buffer } from 'node:stream/consumers';

const commandLine = resolve(import.meta.dirname, '../../../out/main/cli.js');

export interface KeelRun {
  /** Null where the process was killed. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The one object of `--json`. */
  readonly json: any;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly stdin?: string;
  /** A module that Node loads before Keel. */
  readonly preload?: string;
  /** Ctrl-C, once it is fulfilled. */
  readonly interruptOn?: Promise<unknown>;
  /** Called with what was written to stderr so far and the process. */
  readonly onTalk?: (talk: string, kill: (signal: NodeJS.Signals) => void) => void;
}

/** A folder with a KEEL_HOME and files of its own, in which the built command line is run as an admin would. */
export class KeelFolder implements AsyncDisposable {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async create(): Promise<KeelFolder> {
    return new KeelFolder(await mkdtemp(join(tmpdir(), 'keel-test-')));
  }

  /** Writes a file; returns its path. */
  async file(name: string, content: string): Promise<string> {
    const path = join(this.path, name);
    await writeFile(path, content, { mode: 0o600 });
    return path;
  }

  /** Everything under KEEL_HOME as text, by path. */
  async state(): Promise<string> {
    const home = join(this.path, 'home');
    const names = await readdir(home, { recursive: true, withFileTypes: true }).catch(() => []);
    const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    return (await Promise.all(files.map((file) => readFile(file, 'latin1')))).join('\n');
  }

  /**
   * In a process of the run's that is there already, or in one of its own where the test reaches into it. Either runs the built
   * entry.
   */
  async run(args: readonly string[], options: RunOptions = {}): Promise<KeelRun> {
    const env = {
      PATH: process.env['PATH'],
      // no session bus: the machine's keychain is not for tests
      HOME: this.path,
      KEEL_HOME: join(this.path, 'home'),
      TZ: 'UTC',
      ...options.env,
    };
    const standing = process.env['KEEL_TEST_COMMANDS'];
    const isOwn = options.preload ?? options.interruptOn ?? options.onTalk;
    const run =
      isOwn || standing === undefined
        ? await inOwnProcess(args, env, options)
        : await inStandingProcess(standing, { args, env, stdin: options.stdin });
    return { ...run, json: args.includes('--json') && run.stdout ? JSON.parse(run.stdout) : undefined };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}

type Ended = Omit<KeelRun, 'json'>;

async function inOwnProcess(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  { preload, stdin, interruptOn, onTalk }: RunOptions,
): Promise<Ended> {
  const loadedFirst = preload ? ['--import', preload] : [];
  const child = spawn(process.execPath, [...loadedFirst, commandLine, ...args], { env });
  void interruptOn?.then(() => child.kill('SIGINT'));
  let talk = '';
  child.stderr.on('data', (chunk) => {
    talk += String(chunk);
    onTalk?.(talk, (signal) => child.kill(signal));
  });
  child.stdin.end(stdin);
  const ended = new Promise<number | null>((done) => {
    child.once('close', done);
  });
  const [stdout, status] = await Promise.all([buffer(child.stdout), ended]);
  return { status, stdout: stdout.toString(), stderr: talk };
}

async function inStandingProcess(address: string, command: object): Promise<Ended> {
  const socket = connect(address);
  await once(socket, 'connect');
  socket.write(`${JSON.stringify(command)}\n`);
  let stderr = '';
  for await (const line of createInterface(socket)) {
    const message = JSON.parse(line) as
      | { talk: string }
      | { talk?: never; status: number | null; stdout: string };
    if (message.talk === undefined) return { status: message.status, stdout: message.stdout, stderr };
    stderr += message.talk;
  }
  throw new Error('the processes that run commands have ended');
}
