import { lstat, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDead, ownMark, processMark } from '#storage/process-mark';
import { endServer } from './server-process.ts';

const purposes = ['postgres', 'practice', 'demo'] as const;
const markName = '.keel-process';

/** A new folder under the system's temporary one, or another, for this account alone, marked as this process's. The caller removes it. */
export async function temporaryFolder(
  purpose: (typeof purposes)[number],
  parent = tmpdir(),
): Promise<string> {
  const folder = await mkdtemp(join(parent, `keel-${purpose}-`));
  await writeFile(join(folder, markName), JSON.stringify(ownMark()), { mode: 0o600 });
  return folder;
}

/**
 * Removes the temporary folders of processes that were killed before they could, and ends a practice PostgreSQL that
 * outlived its Keel. Leaves alone what is not marked, not this account's, or not certainly dead. Never throws: what cannot be
 * removed now is tried again next time. Answers how many went.
 */
export async function sweepTemporaryFolders(parent = tmpdir()): Promise<number> {
  const isOurs = new RegExp(`^keel-(?:${purposes.join('|')})-\\w{6}$`);
  const names = await readdir(parent).catch(() => []);
  let swept = 0;
  for (const name of names.filter((name) => isOurs.test(name))) {
    const folder = join(parent, name);
    if (!(await isLeftBehind(folder))) continue;
    try {
      await endServer(join(folder, 'data'));
      // the mark last: a folder that is removed only in part is found again
      for (const entry of await readdir(folder)) {
        if (entry !== markName)
          await rm(join(folder, entry), { recursive: true, force: true, maxRetries: 5 });
      }
      await rm(folder, { recursive: true, force: true });
      swept++;
    } catch {
      // a server on Windows holds its files until it has noticed
    }
  }
  return swept;
}

async function isLeftBehind(folder: string): Promise<boolean> {
  try {
    const mark = join(folder, markName);
    const [ours, marked] = [await lstat(folder), await lstat(mark)];
    // a link would lead the removal elsewhere
    if (!ours.isDirectory() || !marked.isFile() || marked.uid !== ours.uid) return false;
    if (process.getuid !== undefined && ours.uid !== process.getuid()) return false;
    return isDead(processMark.parse(JSON.parse(await readFile(mark, 'utf8'))));
  } catch {
    return false;
  }
}
