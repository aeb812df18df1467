// The built command line, run as an admin would, in a home of its own.
import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { standingProcesses } from './standing.mjs';

const commandLine = resolve(import.meta.dirname, '../../../out/main/cli.js');
const preload = resolve(import.meta.dirname, '../inject/files.mjs');

/** Small collections one after the other cost short commands a good part of their time. */
const rarelyCollected = '--min-semi-space-size=16';
/** As does code compiled to be fast, where it is run once. */
const ownFlags = ['--no-turbofan', rarelyCollected];

/** Also where a run of these tests is broken off, none goes on. */
const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** Longer than any wait of Keel's: what takes longer hangs. */
const patienceMs = 300_000;

/** Runs commands on a desk; see `run`. `environment` and `derivations` are for `standingProcesses`. */
export function keelOn(desk, environment, derivations) {
  const standing = standingProcesses([rarelyCollected], environment, derivations);
  return {
    /**
     * Runs a command to its end. `fault` is what the preload does at which file operation; `onStart` gets the process. With either it
     * is a process of its own, as an admin's is. `program` is another than the shipped one.
     * `files` of the answer says how many file operations there were and whether the fault was reached.
     */
    async run(args, { fault, env, onStart, program } = {}) {
      const startedAt = performance.now();
      const command = {
        args: [...args, '--json'],
        env: {
          PATH: process.env.PATH,
          HOME: desk.path,
          KEEL_HOME: desk.home,
          TZ: 'UTC',
          ...desk.env,
          ...env,
        },
        longestMs: patienceMs,
      };
      const isOwn = fault !== undefined || onStart !== undefined || program !== undefined;
      const ended = await (isOwn
        ? ownProcess(desk, command, { fault, onStart, program })
        : standing.run(command));
      return { args, ...ended, ms: performance.now() - startedAt, json: parsed(ended.stdout) };
    },
    close: () => standing.close(),
  };
}

async function ownProcess(desk, { args, env, longestMs }, { fault, onStart, program }) {
  const report = join(desk.path, 'files.report');
  rmSync(report, { force: true });
  const injected = fault ? ['--import', preload] : [];
  const child = spawn(process.execPath, [...ownFlags, ...injected, program ?? commandLine, ...args], {
    env: { ...env, ...(fault && { KEEL_FILE_FAULT: JSON.stringify({ ...fault, report }) }) },
  });
  running.add(child);
  child.once('close', () => running.delete(child));
  child.stdin.on('error', () => undefined).end();
  let isHung = false;
  const limit = setTimeout(() => {
    isHung = true;
    child.kill('SIGKILL');
  }, longestMs);
  const ended = new Promise((done) => {
    child.once('close', (...how) => done(how));
  });
  const said = Promise.all([text(child.stdout), text(child.stderr)]);
  onStart?.(child);
  const [status, signal] = await ended;
  clearTimeout(limit);
  const [stdout, stderr] = await said;
  return { status, signal, isHung, stdout, stderr, files: readReport(report) };
}

function parsed(said) {
  try {
    return JSON.parse(said);
  } catch {
    return undefined;
  }
}

function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return { count: 0 };
  } finally {
    rmSync(path, { force: true });
  }
}
