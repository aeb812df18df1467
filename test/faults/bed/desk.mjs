// What an admin has before them in one case: Keel's home, key files, the file that Ballast reads, artefacts.
import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export const passphrase = 'five random words for a test';

/** Always in the same folder, since Keel remembers the paths of key files. */
export function deskAt(path) {
  return {
    path,
    home: join(path, 'home'),
    env: { KEEL_PASSPHRASE: passphrase },
    file: (name) => join(path, name),
    write: (name, content) => writeFile(join(path, name), content, { mode: 0o600 }),
    read: (name) => readFile(join(path, name), 'utf8').catch(() => undefined),
    /** The keys of the only environment, as its file of state lists them. */
    async ring() {
      const folder = join(path, 'home', 'environments');
      for (const name of await readdir(folder).catch(() => [])) {
        const text = await readFile(join(folder, name, 'keyring.json'), 'utf8').catch(() => undefined);
        if (text !== undefined) return JSON.parse(text).keys;
      }
      return [];
    },
    async clear() {
      await rm(path, { recursive: true, force: true });
      await mkdir(path, { recursive: true });
    },
    async saveTo(folder) {
      await rm(folder, { recursive: true, force: true });
      await run('cp', ['-a', path, folder]);
    },
    async restoreFrom(folder) {
      await rm(path, { recursive: true, force: true });
      await run('cp', ['-a', folder, path]);
    },
  };
}
