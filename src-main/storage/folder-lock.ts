import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, link, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { KeelError } from '#errors/keel-error';
import { cannotWrite } from './durable-file.ts';
import { isDead, ownMark, processMark } from './process-mark.ts';
import { discard, sweepBeside, temporaryBeside } from './temporaries.ts';

export interface LockOptions {
  /** How long to wait for another process, in milliseconds. */
  readonly timeoutMs?: number;
}

const owner = processMark.extend({ id: z.uuid() });
type Owner = z.infer<typeof owner>;

/**
 * Runs `work` while no other process, and no other call in this one, runs under the same lock of the folder. The lock of a
 * process that died is taken over; one that cannot be judged (from another machine) is waited for. Throws `lock-timeout` when the
 * time is up, and `file-unwritable` if no file can be created; then `work` did not run.
 */
export async function withFolderLock<T>(
  folder: string,
  name: string,
  work: () => Promise<T>,
  { timeoutMs = 30_000 }: LockOptions = {},
): Promise<T> {
  const path = join(folder, `${name}.lock`);
  await waitFor(path, Date.now() + timeoutMs);
  try {
    return await work();
  } finally {
    // the work is done, whatever the disk reports now; a remaining lock is taken over once this process is gone
    await discard(path);
  }
}

async function waitFor(path: string, deadline: number): Promise<void> {
  const self: Owner = { id: randomUUID(), ...ownMark() };
  const draft = temporaryBeside(path);
  await sweepBeside(dirname(path));
  let takeovers = 0;
  try {
    await writeFile(draft, JSON.stringify(self), { flag: 'wx', mode: 0o600 });
    await clearOthers(path, draft);
    while (!(await take(path, draft))) {
      const holder = await readOwner(path);
      const isLeft = holder !== undefined && isDead(holder);
      // if the holder is gone there is nobody to wait for, however short the time
      if (Date.now() >= deadline && !(isLeft && takeovers++ < 50)) throw stillHeld(path, holder);
      if (isLeft) await clear(path, holder, draft);
      else await pause(10 + Math.random() * 20);
    }
  } catch (error) {
    throw error instanceof KeelError ? error : cannotWrite(path, error);
  } finally {
    await discard(draft);
  }
}

/**
 * Creates the lock file unless it exists. A hard link appears completely or not at all, so no crash leaves a lock without its
 * owner's name; if the file system has no hard links, an exclusive copy comes close.
 */
async function take(path: string, draft: string): Promise<boolean> {
  try {
    await link(draft, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') throw error;
      return copyFile(draft, path, constants.COPYFILE_EXCL);
    });
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Windows says EPERM or EBUSY while a lock file that was just deleted is still open somewhere
    if (code === 'EEXIST' || (process.platform === 'win32' && (code === 'EPERM' || code === 'EBUSY')))
      return false;
    throw error;
  }
}

/** Undefined if the lock is free by now, or names nobody. */
async function readOwner(path: string): Promise<Owner | undefined> {
  try {
    return owner.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return undefined;
  }
}

/**
 * Removes the lock of a dead owner. Only the process that creates the claim file of that very owner may do so; checking again
 * under the claim prevents a slow process from removing the lock of the next owner.
 */
async function clear(path: string, dead: Owner, draft: string): Promise<void> {
  const claim = `${path}.${dead.id}.clear`;
  if (!(await take(claim, draft))) return giveWay(claim);
  try {
    if ((await readOwner(path))?.id === dead.id) await rm(path, { force: true });
  } finally {
    await discard(claim);
  }
}

/**
 * Removes what dead processes left of other locks in the folder: nobody would ask for the lock of a file that they never got to
 * create.
 */
async function clearOthers(own: string, draft: string): Promise<void> {
  const folder = dirname(own);
  const others = (await readdir(folder)).filter((name) => !name.startsWith(basename(own)));
  for (const name of others) {
    const path = join(folder, name);
    const isClaim = /\.lock\.[^.]+\.clear$/.test(name);
    if (!isClaim && !name.endsWith('.lock')) continue;
    const holder = await readOwner(path);
    if (!holder || !isDead(holder)) continue;
    // a full or read-only disk is reported when the lock itself is taken
    await (isClaim ? giveWay(path) : clear(path, holder, draft)).catch(() => undefined);
  }
}

/** Waits for a process that is claiming a lock; the claim of one that died is removed, by one of many. */
async function giveWay(claim: string): Promise<void> {
  const claimer = await readOwner(claim);
  if (!claimer || !isDead(claimer)) {
    await pause(10);
    return;
  }
  const away = temporaryBeside(claim);
  try {
    await rename(claim, away);
  } catch {
    return;
  }
  // another process may have removed it before, and a third have created its own
  if ((await readOwner(away))?.id !== claimer.id) await link(away, claim).catch(() => undefined);
  await discard(away);
}

function stillHeld(path: string, holder: Owner | undefined): KeelError {
  const who = holder ? `process ${holder.pid} on ${holder.place.split(' ')[0]}` : 'an unknown process';
  const reason = `${path} is locked by ${who}`;
  return new KeelError(
    'lock-timeout',
    `${reason}; nothing was changed`,
    `wait for the other Keel process to exit; if none is running, delete the files \`${path}*\``,
    { reason },
  );
}
