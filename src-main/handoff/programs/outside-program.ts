import { type ChildProcess, spawn } from 'node:child_process';
import { KeelError } from '#errors/keel-error';
import { childEnvironment } from '#storage/child-environment';
import { inProgramRoom } from '#storage/program-room';
import { type Complaint, complaintOf } from './complaint.ts';
import type { Program } from './program-of.ts';

const msToRun = 30_000;
/** From the wish to end until it is ended. */
const msToEnd = 2_000;
/** Bytes that it may write to its output, and as many to its standard error. */
const maxOutput = 1024 * 1024;

export interface ProgramAnswer {
  readonly status: number;
  readonly stdout: Buffer;
  /** For showing. */
  readonly complaint: Complaint;
  /** Whether it wrote this to its standard error, which nobody else sees. */
  readonly wrote: (sign: RegExp) => boolean;
}

/**
 * Runs a program of the machine. What is secret goes in by `input` alone and comes out by `stdout` alone, which the caller
 * wipes. `variables` are those of Keel's own that it needs beside the usual ones. What does not end within `ms` is ended, with whatever it
 * started. Throws `file-unwritable` where the program is not there, does not end in time, or writes more than a secret may be, and
 * `request-refused` where too many wait already.
 */
export async function runProgram(
  program: Program,
  args: readonly string[],
  input: Buffer = Buffer.alloc(0),
  variables?: RegExp,
  ms = msToRun,
): Promise<ProgramAnswer> {
  return inProgramRoom(() => started(program, args, input, variables, ms));
}

async function started(
  program: Program,
  args: readonly string[],
  input: Buffer,
  variables: RegExp | undefined,
  ms: number,
): Promise<ProgramAnswer> {
  return new Promise((resolve, reject) => {
    const out = new Output();
    const complaints = new Output();
    const [command, ...given] = input.length > 0 ? throughPipe(program, args) : [program, ...args];
    const child = spawn(command, given, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...childEnvironment(), ...variablesLike(variables) },
      detached: ownsGroup,
    });
    running.add(child);
    let ending: NodeJS.Timeout | undefined;
    const limit = setTimeout(() => {
      endGroup(child, 'SIGTERM');
      ending = setTimeout(() => {
        endGroup(child, 'SIGKILL');
        for (const pipe of child.stdio) pipe?.destroy();
        fail(unfinished(program, `within ${Math.ceil(ms / 1000)} seconds, and was ended`));
      }, msToEnd);
    }, ms);
    const settled = () => {
      running.delete(child);
      clearTimeout(limit);
      clearTimeout(ending);
    };
    const fail = (error: KeelError) => {
      settled();
      out.wipe();
      complaints.wipe();
      reject(error);
    };
    child.stdout.on('data', (chunk: Buffer) => out.take(chunk));
    child.stderr.on('data', (chunk: Buffer) => complaints.take(chunk));
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    child.once('error', (error: NodeJS.ErrnoException) =>
      fail(
        new KeelError(
          'file-unwritable',
          `${program} cannot be run (${error.code}); nothing was changed`,
          `install ${program} on this machine, or run Keel where it is installed`,
          { cause: error },
        ),
      ),
    );
    child.once('close', (status, signal) => {
      if (status === null || ending) {
        fail(unfinished(program, `(${signal ?? 'too late'})`));
        return;
      }
      if (out.isCut) {
        fail(overlong(program));
        return;
      }
      settled();
      const stderr = complaints.all();
      const wrote = stderr.toString('utf8');
      stderr.fill(0);
      resolve({
        status,
        stdout: out.all(),
        complaint: complaintOf(wrote),
        wrote: (sign) => sign.test(wrote),
      });
    });
  });
}

/** What a program writes to one of its outputs, up to a limit: what comes after it is wiped, and not kept. */
class Output {
  readonly #chunks: Buffer[] = [];
  #size = 0;

  take(chunk: Buffer): void {
    this.#size += chunk.length;
    if (this.isCut) chunk.fill(0);
    else this.#chunks.push(chunk);
  }

  get isCut(): boolean {
    return this.#size > maxOutput;
  }

  /** What was kept, in one piece, which the caller wipes. */
  all(): Buffer {
    const bytes = Buffer.concat(this.#chunks);
    this.wipe();
    return bytes;
  }

  wipe(): void {
    for (const chunk of this.#chunks) chunk.fill(0);
  }
}

function overlong(program: Program): KeelError {
  return new KeelError(
    'file-unwritable',
    `${program} wrote more than 1 MiB, so its output was not read; whether it changed anything is unknown`,
    `check the secret with ${program}; Keel reads secrets of up to 1 MiB, so move the key to a smaller one`,
  );
}

function unfinished(program: Program, how: string): KeelError {
  return new KeelError(
    'file-unwritable',
    `${program} did not finish ${how}; whether it changed anything is unknown`,
    `check the secret with ${program}, then start again`,
  );
}

/**
 * A group of its own ends as a whole: what a program has started may keep its pipes open. At a terminal it stays in Keel's, which Ctrl-C
 * reaches, and where it can ask on the terminal.
 */
const ownsGroup = process.platform !== 'win32' && !process.stdin.isTTY;

const running = new Set<ChildProcess>();
// nobody would watch them any more, nor end them
process.once('exit', () => {
  for (const child of running) endGroup(child, 'SIGTERM');
});

/** Ends a program and what it has started, as far as the system tells what that is. */
function endGroup(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): void {
  const { pid } = child;
  if (pid === undefined) return;
  if (process.platform === 'win32') {
    spawn('taskkill', ['/pid', `${pid}`, '/T', '/F'], { stdio: 'ignore' }).on('error', () => undefined);
    return;
  }
  if (!ownsGroup) {
    child.kill(signal);
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch {
    // none of them is there any more
  }
}

function variablesLike(names: RegExp | undefined): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => names?.test(name)));
}

/**
 * Node connects a child by a socket, and podman takes its input from a true pipe only. The words of the command are the
 * shell's arguments, never its text.
 */
function throughPipe(program: string, args: readonly string[]): [string, ...string[]] {
  if (process.platform === 'win32') return [program, ...args];
  return ['/bin/sh', '-c', 'cat | "$@"', 'sh', program, ...args];
}

/** That a program refused, and why as far as Keel can tell. */
export function refusalOf(name: Program, { status, complaint }: ProgramAnswer): string {
  return `${name} refused (exit status ${status}): ${complaint}`;
}
