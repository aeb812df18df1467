import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rm, rmdir, stat } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { z } from 'zod';
import { isDead, ownMark, processMark } from './process-mark.ts';

/*
 * A file that is written beside another one may hold a key, and stays where a process is killed. So that it is found wherever it is, a note of
 * it is made first, in a folder of Keel's own. The next Keel removes what is noted by a process that is gone.
 */

const note = processMark.extend({
  /** Holds what was to be written. */
  temporary: z.string().optional(),
  /** Was made empty to have the name, and goes as long as it is empty. */
  reserved: z.string().optional(),
});

/** Where this process notes what it will remove again. */
let folder: string | undefined;

/** Has the temporaries of this process noted there. Without it none is. */
export function noteTemporariesIn(path: string): void {
  folder = path;
}

/** What is noted: whole paths. */
export interface Temporaries {
  readonly temporary?: string;
  readonly reserved?: string;
}

/**
 * Notes files before they are made. Answers what takes the note back, once they are gone. Where no note can be made nothing is said: what is
 * written then matters more. Keel's own folder needs none, since no key is in clear there but in files of a name of their own.
 */
export async function noteTemporaries(files: Temporaries): Promise<() => Promise<void>> {
  const where = folder;
  const paths = Object.entries(files).map(([name, path]) => [name, resolve(path)] as const);
  if (where === undefined || paths.every(([, path]) => path.startsWith(resolve(where, '..') + sep)))
    return async () => undefined;
  const path = join(where, `${randomBytes(8).toString('hex')}.json`);
  try {
    await mkdir(where, { recursive: true, mode: 0o700 });
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(JSON.stringify({ ...ownMark(), ...Object.fromEntries(paths) }));
      await file.sync();
    } finally {
      await file.close();
    }
  } catch {
    return async () => undefined;
  }
  return async () => {
    await rm(path, { force: true }).catch(() => undefined);
    // another process may have notes there
    await rmdir(where).catch(() => undefined);
  };
}

/** Removes what killed processes left, and their notes. Answers the paths of what was removed. */
export async function sweepTemporaries(where: string): Promise<string[]> {
  const names = await readdir(where).catch(() => []);
  const swept: string[] = [];
  for (const name of names) {
    const path = join(where, name);
    const read = note.safeParse(await readNote(path));
    if (!read.success || !isDead(read.data)) continue;
    const { temporary, reserved } = read.data;
    const isLeft = [
      temporary !== undefined && (await remove(temporary, swept)),
      reserved !== undefined && (await isEmpty(reserved)) && (await remove(reserved, swept)),
    ];
    // what cannot be removed now is tried again
    if (!isLeft.includes('stays')) await rm(path, { force: true }).catch(() => undefined);
  }
  if (names.length > 0) await rmdir(where).catch(() => undefined);
  return swept;
}

async function readNote(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return undefined;
  }
}

async function isEmpty(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() === true && found.size === 0;
}

async function remove(path: string, swept: string[]): Promise<'gone' | 'stays'> {
  try {
    await rm(path);
    swept.push(path);
    return 'gone';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'gone' : 'stays';
  }
}
