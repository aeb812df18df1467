import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

/** Debian's own Python: the one whose packages apt installs. */
export const python = '/usr/bin/python3';

export function fixture(name: string): string {
  return resolve(import.meta.dirname, '../../fixtures', name);
}

/** What a program of others prints; throws with what it said where it fails. */
export function runOther(
  command: string,
  args: readonly string[],
  { input, env }: { input?: string; env?: Record<string, string> } = {},
): string {
  const run = spawnSync(command, args, {
    encoding: 'utf8',
    timeout: 60_000,
    ...(input !== undefined && { input }),
    env: { ...process.env, ...env },
  });
  if (run.status === 0) return run.stdout;
  throw new Error(`${command} ended with ${run.status ?? run.signal}: ${run.stderr} ${run.stdout}`);
}

/** Which of the programs cannot be run here, as the words that a skipped test is named with; empty if all can. */
export function lacking(
  programs: Readonly<Record<string, readonly [command: string, ...args: string[]]>>,
): string {
  const missing = Object.entries(programs)
    .filter(([, [command, ...args]]) => spawnSync(command, args, { timeout: 20_000 }).status !== 0)
    .map(([name]) => name);
  return missing.length === 0 ? '' : ` (skipped: ${missing.join(' and ')} not installed)`;
}
