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

/** `.NAME.PLACE-PID.RANDOM.tmp`: whose it is can be read off it, also where it was cut off while it was written. */
const ours = /^\..+\.([0-9a-f]{8})-([1-9]\d*)\.[0-9a-f]{12}\.tmp$/;

/** A name of this process's for what is written beside `path` and then takes its place. Made before the folder is swept, it is never swept. */
export function temporaryBeside(path: string): string {
  const { pid, place } = ownMark();
  return join(
    dirname(path),
    `.${basename(path)}.${tagOf(place)}-${pid}.${randomBytes(6).toString('hex')}.tmp`,
  );
}

/**
 * Removes a file that this process made and needs no more. Never throws: a scanner that holds it, or a disk that hesitates, is given a second
 * chance; what stays then is swept once the process is gone.
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
  /** Was made empty to have the name, and goes as long as it is empty. */
  reserved: z.string().optional(),
  /** Belongs to a set that is not whole. */
  part: z.string().optional(),
});

/** Where this process notes the folders that it writes in. */
let notes: string | undefined;

/** Has the folders in which this process has temporaries noted there. Without it none is. */
export function noteTemporariesIn(folder: string): void {
  notes = folder;
}

/**
 * Notes the folder of a file before a temporary is made beside it, and what is to become of the file itself if this process is killed. Answers
 * what takes the note back, once nothing is to be removed. Where no note can be made nothing is said: what is written then matters more. Keel's own
 * folder needs none, since no key is in clear there but in files of a name of their own.
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
 * Removes what processes that were killed left beside the files of a folder: it may hold a key in clear. What a running process made,
 * or one of another machine, stays. Never throws: what cannot be removed stays too. Answers the paths of what was removed.
 */
export async function sweepBeside(folder: string): Promise<string[]> {
  const left = (await leftIn(folder)) ?? [];
  const swept = await Promise.all(left.map(remove));
  return left.filter((_, i) => swept[i] === 'removed');
}

/** The same wherever a process that is gone had noted it, with the files that it had not finished. */
export async function sweepNoted(where: string): Promise<string[]> {
  const removed: string[] = [];
  for (const path of (await leftIn(where)) ?? []) {
    const { folder, reserved, part } = await readNote(path);
    if (folder !== undefined) removed.push(...(await sweepBeside(folder)));
    const unfinished = part ?? (reserved !== undefined && (await isEmpty(reserved)) ? reserved : undefined);
    const outcome = unfinished === undefined ? 'gone' : await remove(unfinished);
    if (outcome === 'removed' && unfinished !== undefined) removed.push(unfinished);
    const isDone = folder === undefined || (await leftIn(folder))?.length === 0;
    // what cannot be removed now is tried again
    if (isDone && outcome !== 'stays') await remove(path);
  }
  await rmdir(where).catch(() => undefined);
  return removed;
}

/** Temporaries of processes that are gone; undefined where the folder cannot be read. */
async function leftIn(folder: string): Promise<string[] | undefined> {
  const names = await readdir(folder).catch(({ code }: NodeJS.ErrnoException) =>
    code === 'ENOENT' || code === 'ENOTDIR' ? [] : undefined,
  );
  if (!names) return undefined;
  const isLeft = await Promise.all(names.map((name) => isOfDeadProcess(folder, name)));
  return names.filter((_, i) => isLeft[i]).map((name) => join(folder, name));
}

async function isOfDeadProcess(folder: string, name: string): Promise<boolean> {
  const [, tag, pid] = ours.exec(name) ?? [];
  const { place } = ownMark();
  if (tag === undefined || tag !== tagOf(place)) return false;
  const made = await stat(join(folder, name)).catch(() => undefined);
  return made !== undefined && isDead({ pid: Number(pid), place, takenAt: made.mtime.toISOString() });
}

/** Nothing where the process was killed before it had written the note, and so before it made anything. */
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
