import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { isDead, ownMark } from './process-mark.ts';

/*
 * What is written beside a file, before it takes its place, may hold a key, and stays where a process is killed. Its name says whose it is, so that
 * whoever looks into the folder can remove it: the next write there, and the next Keel, for which the folder is noted in Keel's own.
 */

/**
 * `.NAME.PLACE-PID.START-RANDOM.tmp`: the name identifies the process, even of a file that was truncated while
 * being written. An older Keel wrote no START.
 */
const ours = /^\..+\.([0-9a-f]{8})-([1-9]\d*)\.(?:([0-9a-f]{8})-)?[0-9a-f]{12}\.tmp$/;

/**
 * A name, owned by this process, for a file that is written next to `path` and then replaces it. Created
 * before the folder is swept, it is never swept.
 */
export function temporaryBeside(path: string): string {
  const { pid, place, start } = ownMark();
  return join(
    dirname(path),
    `.${basename(path)}.${tagOf(place)}-${pid}.${start}-${randomBytes(6).toString('hex')}.tmp`,
  );
}

/**
 * Removes a file that this process created and no longer needs. Never throws: if a scanner holds it, or the
 * disk fails, there is a second attempt; what remains is swept once the process is gone.
 */
export async function discard(path: string): Promise<void> {
  for (const beforeNextMs of [20, 100, 0]) {
    try {
      await rm(path, { force: true });
      return;
    } catch {
      await pause(beforeNextMs);
    }
  }
}

const note = z.object({
  folder: z.string(),
  /** Was created empty to reserve the name, and is removed as long as it is empty. */
  reserved: z.string().optional(),
  /** Belongs to a set that is not complete. */
  part: z.string().optional(),
});

/** Where this process records the folders that it writes in. */
let notes: string | undefined;

/** Has the folders in which this process has temporary files recorded there. Without it none is. */
export function noteTemporariesIn(folder: string): void {
  notes = folder;
}

/**
 * Records the folder of a file before a temporary file is created next to it, and what is to become of the
 * file itself if this process is killed. Returns a function that removes the note, once nothing is to be
 * removed. If no note can be made, that is not reported, because what is written then matters more. Keel's
 * own folder needs none, since keys are in plain text there only in files with their own names.
 */
export async function noteTemporaries(
  file: string,
  status?: 'reserved' | 'part',
): Promise<() => Promise<void>> {
  const where = notes;
  const path = resolve(file);
  if (where === undefined || path.startsWith(resolve(where, '..') + sep)) return async () => {};
  const own = temporaryBeside(join(where, 'note'));
  const content = JSON.stringify({ folder: dirname(path), ...(status && { [status]: path }) });
  try {
    await mkdir(where, { recursive: true, mode: 0o700 });
    await writeFile(own, content, { flag: 'wx', mode: 0o600, flush: true });
  } catch {
    return async () => {};
  }
  return async () => {
    await discard(own);
    // another process may have notes there
    await rmdir(where).catch(() => undefined);
  };
}

/**
 * Removes what killed processes left next to the files of a folder, because it may contain a key in plain
 * text. What a running process created, or one on another machine, is kept. Never throws: what cannot be
 * removed is kept too. Returns the paths that were removed.
 */
export async function sweepBeside(folder: string): Promise<string[]> {
  const left = (await leftIn(folder)) ?? [];
  const swept = await Promise.all(left.map(remove));
  return left.filter((_, i) => swept[i] === 'removed');
}

/**
 * The same wherever a process that is gone had recorded a folder, along with the files that it had not
 * finished.
 */
export async function sweepNoted(where: string): Promise<string[]> {
  const removed: string[] = [];
  for (const path of (await leftIn(where)) ?? []) {
    const { folder, reserved, part } = await readNote(path);
    if (folder !== undefined) removed.push(...(await sweepBeside(folder)));
    const unfinished = part ?? (reserved !== undefined && (await isEmpty(reserved)) ? reserved : undefined);
    const outcome = unfinished === undefined ? 'gone' : await remove(unfinished);
    if (outcome === 'removed' && unfinished !== undefined) removed.push(unfinished);
    const isDone = folder === undefined || (await leftIn(folder))?.length === 0;
    // what cannot be removed now is tried again later
    if (isDone && outcome !== 'stays') await remove(path);
  }
  await rmdir(where).catch(() => undefined);
  return removed;
}

/** Temporary files of processes that are gone; undefined if the folder cannot be read. */
async function leftIn(folder: string): Promise<string[] | undefined> {
  const names = await readdir(folder).catch(({ code }: NodeJS.ErrnoException) =>
    code === 'ENOENT' || code === 'ENOTDIR' ? [] : undefined,
  );
  return names?.filter(isOfDeadProcess).map((name) => join(folder, name));
}

function isOfDeadProcess(name: string): boolean {
  const [, tag, pid, start] = ours.exec(name) ?? [];
  const { place } = ownMark();
  if (tag === undefined || tag !== tagOf(place)) return false;
  return isDead({ pid: Number(pid), place, ...(start !== undefined && { start }) });
}

/** Undefined if the process was killed before it had written the note, and so before it created anything. */
async function readNote(path: string): Promise<Partial<z.infer<typeof note>>> {
  try {
    return note.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return {};
  }
}

async function isEmpty(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() === true && found.size === 0;
}

async function remove(path: string): Promise<'removed' | 'gone' | 'stays'> {
  try {
    await rm(path);
    return 'removed';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'gone' : 'stays';
  }
}

const tagOf = (place: string) => createHash('sha256').update(place).digest('hex').slice(0, 8);
