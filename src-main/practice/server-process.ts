import { readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/**
 * Ends the server of a data folder at once if Linux shows that its process works there. Elsewhere its lock file goes with the
 * folder, and a server that misses it ends within a minute.
 */
export async function endServer(data: string): Promise<void> {
  const pid = await serverPid(data);
  if (!pid || (await workingFolder(pid)) !== data) return;
  process.kill(pid, 'SIGQUIT');
  for (let n = 0; n < 100; n++) {
    if ((await workingFolder(pid)) !== data) return;
    await pause(20);
  }
}

/** Resolves once the process of a data folder's server is gone, also if it ended before. */
export async function untilServerEnded(data: string): Promise<void> {
  const pid = await serverPid(data);
  if (!pid) return;
  while (isAlive(pid)) await pause(50);
}

async function serverPid(data: string): Promise<number | undefined> {
  const [first = ''] = (await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
  const pid = Number(first);
  return Number.isInteger(pid) && pid > 1 ? pid : undefined;
}

function workingFolder(pid: number): Promise<string | undefined> {
  return readlink(`/proc/${pid}/cwd`).catch(() => undefined);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // another account's process is there too
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
