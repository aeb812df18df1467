import { createHash, randomBytes } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isDead, ownMark } from './process-mark.ts';

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
 * Removes what processes that were killed left beside the files of a folder: it may hold a key in clear. What a running process made,
 * or one of another machine, stays. Never throws: what cannot be removed stays too.
 */
export async function sweepBeside(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  await Promise.all(
    names.map(async (name) => {
      if (await isLeft(folder, name)) await rm(join(folder, name), { force: true }).catch(() => undefined);
    }),
  );
}

async function isLeft(folder: string, name: string): Promise<boolean> {
  const [, tag, pid] = ours.exec(name) ?? [];
  const { place } = ownMark();
  if (tag === undefined || tag !== tagOf(place)) return false;
  const made = await stat(join(folder, name)).catch(() => undefined);
  return made !== undefined && isDead({ pid: Number(pid), place, takenAt: made.mtime.toISOString() });
}

const tagOf = (place: string) => createHash('sha256').update(place).digest('hex').slice(0, 8);
