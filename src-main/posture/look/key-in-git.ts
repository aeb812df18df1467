import { execFile, spawn } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { inProgramRoom } from '#storage/program-room';
import type { KeyFileFacts } from '#posture/facts';
import { type GitObjects, keysInObjects } from './keys-in-git.ts';

const run = promisify(execFile);

/**
 * A work tree may belong to somebody else, and its configuration may name programs: those that git would run for these questions are
 * turned off, and so is the network (git-config: core.fsmonitor, core.hooksPath; GIT_NO_LAZY_FETCH).
 */
const disarmed = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', '--no-pager'];
const environment = {
  GIT_TERMINAL_PROMPT: '0',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_NO_LAZY_FETCH: '1',
  GIT_ALLOW_PROTOCOL: '',
  LC_ALL: 'C',
};

/** What git makes of a file: whether it is, or ever was, part of a repository. `path` has no symlinks. */
export async function askGit(path: string, signal: AbortSignal): Promise<KeyFileFacts['git']> {
  if (!(await workTreeOf(dirname(path)))) return 'none';
  const folder = dirname(path);
  // a name is taken as it is, whatever pattern it looks like
  const name = `:(literal)${basename(path)}`;
  try {
    if ((await git(folder, ['ls-files', '-z', '--', name], signal)) !== '') return 'tracked';
    if ((await git(folder, ['rev-list', '--all', '--max-count=1', '--', name], signal)) !== '')
      return 'once-tracked';
    const ignored = await git(folder, ['check-ignore', '-q', '--', basename(path)], signal).then(
      () => true,
      (error: { code?: unknown }) => {
        // 1 says no; anything else is no answer
        if (error.code === 1) return false;
        throw error;
      },
    );
    return ignored ? 'ignored' : 'not-ignored';
  } catch {
    signal.throwIfAborted();
    return 'unclear';
  }
}

/** What the repositories that were looked through hold, by their folder and the keys sought: several key files may lie in one. */
export type ReadRepositories = Map<string, Promise<GitObjects>>;

/**
 * What the repository of a file holds of these keys, in files of any name and time; undefined where the file is in none. It is looked
 * through once for all files with the same `repositories` and keys. `path` has no symlinks.
 */
export async function askGitForKeys(
  path: string,
  known: ReadonlySet<string>,
  { signal, repositories }: { readonly signal: AbortSignal; readonly repositories: ReadRepositories },
): Promise<GitObjects | undefined> {
  const folder = await workTreeOf(dirname(path));
  if (folder === undefined) return undefined;
  const start = (args: readonly string[]) =>
    spawn('git', [...disarmed, ...args], {
      cwd: folder,
      env: gitEnvironment(),
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  const search = [folder, ...[...known].toSorted()].join('\0');
  const look = async () => {
    const found = await inProgramRoom(() => keysInObjects(start, known, signal));
    return { ...found, absent: await absentHistory(folder, signal) };
  };
  const objects = repositories.get(search) ?? look();
  repositories.set(search, objects);
  return objects;
}

/** What of a repository's history is not in this clone: what is not here cannot be searched. */
async function absentHistory(folder: string, signal: AbortSignal): Promise<GitObjects['absent']> {
  const asked = (...args: string[]) =>
    git(folder, args, signal).catch(() => {
      signal.throwIfAborted();
      return undefined;
    });
  if ((await asked('rev-parse', '--is-shallow-repository'))?.trim() !== 'false') return 'shallow';
  const partial = '^(extensions\\.partialclone|remote\\..*\\.(promisor|partialclonefilter))$';
  if (await asked('config', '--get-regexp', partial)) return 'partial';
  const isConnected = (await asked('rev-list', '--objects', '--all', '--quiet')) !== undefined;
  return isConnected ? undefined : 'missing';
}

/** Nothing else: GIT_DIR and its kin would answer for another repository. */
function gitEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME, SystemRoot } = process.env;
  return { PATH, HOME, SystemRoot, ...environment };
}

async function git(folder: string, args: readonly string[], signal: AbortSignal): Promise<string> {
  const options = { cwd: folder, env: gitEnvironment(), timeout: 10_000, maxBuffer: 1 << 20, signal };
  const { stdout } = await inProgramRoom(() => run('git', [...disarmed, ...args], options));
  return stdout;
}

/** The folder at or above this one that holds a `.git`. */
async function workTreeOf(folder: string): Promise<string | undefined> {
  const there = await stat(join(folder, '.git')).then(
    () => true,
    () => false,
  );
  if (there) return folder;
  const above = dirname(folder);
  return above === folder ? undefined : workTreeOf(above);
}
