import { mkdirSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const lockName = 'host-instance.lock';
const knockName = 'host-instance.knock';

/**
 * One instance a folder, as Electron has it. Undefined where another one lives: it is told of this one's arguments and folder.
 * Returns what releases the lock. One left by a process that was killed counts for nothing.
 */
export function takeInstanceLock(
  folder: string,
  onSecond: (argv: string[], cwd: string) => void,
): (() => void) | undefined {
  mkdirSync(folder, { recursive: true });
  const lock = join(folder, lockName);
  if (!claim(lock)) {
    writeFileSync(join(folder, knockName), JSON.stringify({ argv: process.argv, cwd: process.cwd() }));
    return undefined;
  }
  const watcher = watch(folder, (_kind, name) => {
    if (name !== knockName) return;
    try {
      const { argv, cwd } = JSON.parse(readFileSync(join(folder, knockName), 'utf8'));
      rmSync(join(folder, knockName));
      onSecond(argv, cwd);
    } catch {
      // half written, or taken already: the next event has it
    }
  });
  watcher.unref();
  return () => {
    watcher.close();
    rmSync(lock, { force: true });
  };
}

function claim(lock: string): boolean {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    if (isAlive(Number(readFileSync(lock, 'utf8')))) return false;
    writeFileSync(lock, String(process.pid));
    return true;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
