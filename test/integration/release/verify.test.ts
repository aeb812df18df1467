import { spawnSync } from 'node:child_process';
import { appendFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { test as base } from '#test/support/temp-folder';

const scripts = join(import.meta.dirname, '../../../resources/release');

interface Release {
  readonly folder: string;
  /** Who may sign. */
  readonly signers: string;
  verify(...files: string[]): { status: number | null; said: string };
}

/** Two files with their sums, signed with a key made for this test. */
const test = base.extend<{ release: Release }>({
  release: async ({ folder }, use) => {
    const run = (program: string, ...args: string[]) => spawnSync(program, args, { encoding: 'utf8' });
    const key = join(folder, 'key');
    run('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', 'release', '-f', key);
    const signers = join(folder, 'signers');
    await writeFile(signers, `keel-release ${await readFile(`${key}.pub`, 'utf8')}`);
    const files = join(folder, 'release');
    await mkdir(files);
    await writeFile(join(files, 'keel.AppImage'), 'the program');
    await writeFile(join(files, 'keel.deb'), 'the package');
    const made = run(process.execPath, join(scripts, 'sums.mjs'), files, '--key', key);
    expect(made.status, made.stderr).toBe(0);
    await use({
      folder: files,
      signers,
      verify: (...names) => {
        const { status, stdout, stderr } = run(
          process.execPath,
          join(scripts, 'verify.mjs'),
          files,
          signers,
          ...names,
        );
        return { status, said: stdout + stderr };
      },
    });
  },
});

describe('a release', () => {
  test('that is as it was signed is verified, and so is one file of it', async ({ release }) => {
    expect(release.verify()).toEqual({
      status: 0,
      said: 'signed, and as released: keel.AppImage, keel.deb\n',
    });
    await rm(join(release.folder, 'keel.deb'));
    expect(release.verify('keel.AppImage').said).toContain('1 more on the list were not looked at');
    expect(release.verify('keel.deb')).toMatchObject({
      status: 1,
      said: expect.stringContaining('keel.deb is not there'),
    });
  });

  test('with a changed, an added or a renamed file is refused, and the file is named', async ({
    release,
  }) => {
    await appendFile(join(release.folder, 'keel.deb'), '!');
    expect(release.verify().said).toContain('keel.deb is not the file that was released');
    await writeFile(join(release.folder, 'extra'), 'x');
    expect(release.verify().said).toContain('extra is not on the list');
    await rename(join(release.folder, 'keel.AppImage'), join(release.folder, 'keel2.AppImage'));
    expect(release.verify('keel2.AppImage').status).toBe(1);
  });

  test('whose list was changed, or is signed by somebody else or for something else, is refused', async ({
    release,
  }) => {
    const list = join(release.folder, 'SHA256SUMS');
    const signed = await readFile(list, 'utf8');
    await appendFile(list, `${'0'.repeat(64)}  other\n`);
    expect(release.verify()).toMatchObject({
      status: 1,
      said: expect.stringContaining('not signed by anybody'),
    });
    await writeFile(list, signed);
    expect(release.verify().status).toBe(0);
    const other = join(release.folder, '..', 'other');
    spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', other]);
    await rm(`${list}.sig`);
    spawnSync('ssh-keygen', ['-Y', 'sign', '-f', other, '-n', 'keel-release', list]);
    expect(release.verify().said).toContain('do not install these files');
    await rm(`${list}.sig`);
    spawnSync('ssh-keygen', ['-Y', 'sign', '-f', join(release.folder, '..', 'key'), '-n', 'file', list]);
    expect(release.verify().status).toBe(1);
    await rm(`${list}.sig`);
    expect(release.verify().said).toContain('is not there; nothing was verified');
  });
});
