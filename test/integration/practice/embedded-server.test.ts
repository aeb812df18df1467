import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { startEmbeddedServer } from '#practice/embedded-server';

test.skipIf(process.platform === 'win32')(
  'a practice server that was killed is stopped like any other, and its folder goes',
  { timeout: 50_000 },
  async () => {
    const server = await startEmbeddedServer({ settings: ['fsync=off'] });
    const lock = await readFile(join(server.directory, 'postmaster.pid'), 'utf8');
    const pid = Number(lock.split('\n')[0]);
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => isThere(pid)).toBe(false);
    await server.stop();
    expect(existsSync(dirname(server.directory))).toBe(false);
  },
);

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
