// The built command line, run as an admin would, in a home of its own.
import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

const commandLine = resolve(import.meta.dirname, '../../../out/main/cli.js');
const preload = resolve(import.meta.dirname, '../inject/files.mjs');

/** Also where a run of these tests is broken off, none goes on. */
const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** Longer than any wait of Keel's: what takes longer hangs. */
const longestMs = 300_000;

/**
 * Runs a command to its end. `fault` is what the preload does at which file operation; `onStart` gets the process.
 * `files` of the answer says how many file operations there were and whether the fault was reached.
 */
export async function runKeel(desk, args, { fault, env, onStart } = {}) {
  const report = join(desk.path, 'files.report');
  rmSync(report, { force: true });
  const startedAt = performance.now();
  const injected = fault ? ['--import', preload] : [];
  const child = spawn(process.execPath, [...injected, commandLine, ...args, '--json'], {
    env: {
      PATH: process.env.PATH,
      HOME: desk.path,
      KEEL_HOME: desk.home,
      TZ: 'UTC',
      ...desk.env,
      ...env,
      ...(fault && { KEEL_FILE_FAULT: JSON.stringify({ ...fault, report }) }),
    },
  });
  running.add(child);
  child.once('close', () => running.delete(child));
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => (stdout += String(chunk)));
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  child.stdin.on('error', () => undefined).end();
  onStart?.(child);
  let isHung = false;
  const limit = setTimeout(() => {
    isHung = true;
    child.kill('SIGKILL');
  }, longestMs);
  const [status, signal] = await new Promise((done) => {
    child.once('close', (...how) => done(how));
  });
  clearTimeout(limit);
  return {
    args,
    status,
    signal,
    isHung,
    ms: performance.now() - startedAt,
    stdout,
    stderr,
    json: parsed(stdout),
    files: readReport(report),
  };
}

function parsed(text) {
  try {
    return JSON.parse(text);
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
