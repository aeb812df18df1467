import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { join, resolve } from 'node:path';
import { describe, expect } from 'vitest';
import { ownMark } from '#storage/process-mark';
import { sweepTemporaryFolders } from '#practice/temporary-folder';
import { test } from '#test/support/temp-folder';

const commandLine = resolve(import.meta.dirname, '../../../out/main/cli.js');

describe('what a killed Keel leaves of a practice', () => {
  test('is ended and removed by the next one', async ({ folder }) => {
    // the server may run as another account, who has to pass through
    await chmod(folder, 0o755);
    const demo = spawn(process.execPath, [commandLine, 'demo', '--rows', '50000'], {
      env: { PATH: process.env['PATH'], HOME: folder, TMPDIR: folder, KEEL_HOME: join(folder, 'home') },
      stdio: 'ignore',
    });
    const exit = once(demo, 'exit');
    const leftovers = async () => (await readdir(folder)).filter((name) => name.startsWith('keel-'));
    let port = 0;
    await expect
      .poll(
        async () => {
          for (const name of await leftovers()) {
            const lock = await readFile(join(folder, name, 'data', 'postmaster.pid'), 'utf8').catch(() => '');
            port = lock.includes('ready') ? Number(lock.split('\n')[3]) : 0;
            if (port > 0) return true;
          }
          return false;
        },
        { timeout: 50_000, interval: 20 },
      )
      .toBe(true);
    expect(await sweepTemporaryFolders(folder)).toBe(0);
    expect(await answers(port)).toBe(true);

    demo.kill('SIGKILL');
    await exit;
    expect(await leftovers()).not.toEqual([]);
    expect(await sweepTemporaryFolders(folder)).toBeGreaterThan(0);
    expect(await leftovers()).toEqual([]);
    if (process.platform === 'linux') await expect.poll(() => answers(port)).toBe(false);
  });

  test('is told from what is somebody else’s, unmarked, alive or no folder of ours', async ({ folder }) => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    const dead = JSON.stringify({ ...ownMark(), pid });
    const marks: Record<string, string> = {
      'keel-postgres-aaaaaa': JSON.stringify(ownMark()),
      'keel-practice-bbbbbb': JSON.stringify({ ...ownMark(), pid: process.ppid }),
      'keel-demo-cccccc': JSON.stringify({ ...JSON.parse(dead), place: 'elsewhere' }),
      'keel-demo-dddddd': '{}',
      'keel-other-eeeeee': dead,
      'keel-demo-ffffff-more': dead,
      'my-keel-demo-gggggg': dead,
    };
    for (const [name, mark] of Object.entries(marks)) {
      await mkdir(join(folder, name));
      await writeFile(join(folder, name, '.keel-process'), mark);
    }
    await mkdir(join(folder, 'keel-demo-hhhhhh'));
    await writeFile(join(folder, 'keel-demo-iiiiii'), dead);
    await mkdir(join(folder, 'target'));
    await writeFile(join(folder, 'target', '.keel-process'), dead);
    await symlink(join(folder, 'target'), join(folder, 'keel-demo-jjjjjj'), 'dir');
    const before = (await readdir(folder, { recursive: true })).sort();
    expect(await sweepTemporaryFolders(folder)).toBe(0);
    expect((await readdir(folder, { recursive: true })).sort()).toEqual(before);

    await mkdir(join(folder, 'keel-demo-kkkkkk', 'data'), { recursive: true });
    await writeFile(join(folder, 'keel-demo-kkkkkk', '.keel-process'), dead);
    // a process id that is no server in that folder is not touched
    await writeFile(join(folder, 'keel-demo-kkkkkk', 'data', 'postmaster.pid'), `${process.pid}\n`);
    expect(await sweepTemporaryFolders(folder)).toBe(1);
    expect((await readdir(folder, { recursive: true })).sort()).toEqual(before);
  });
});

async function answers(port: number): Promise<boolean> {
  const socket = createConnection(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
