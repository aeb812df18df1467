import { existsSync } from 'node:fs';
import { type FileHandle, link, open, rename } from 'node:fs/promises';
import { platform } from 'node:os';
import { dirname } from 'node:path';
import { KeelError } from '#errors/keel-error';
import { type Text, text } from '#errors/text';
import { discard, noteTemporaries, sweepBeside, temporaryBeside } from './temporaries.ts';

export interface DurableOptions {
  /** Permission bits, set exactly (the umask does not lessen them). */
  readonly mode?: number;
  /** POSIX owner of the file; the process's own without it. */
  readonly owner?: { readonly uid: number; readonly gid: number };
  /** Throw `file-exists` instead of replacing a file. */
  readonly mustBeNew?: boolean;
}

/**
 * Writes a whole file, by a temporary one next to it, so that after a crash at any moment the path holds either the old or the new content, and on return
 * the new one survives a power cut. A temporary of a process that was killed is removed by the next write in its folder, or by the next Keel.
 * The caller keeps `data`; what a stream of it throws is passed on. Replaces a symlink itself, not its target.
 * Throws `file-unwritable`, or `file-exists` under `mustBeNew`; the old content is then unchanged.
 */
export async function writeDurably(
  path: string,
  data: Buffer | string | AsyncIterable<Uint8Array>,
  { mode = 0o600, owner, mustBeNew = false }: DurableOptions = {},
): Promise<void> {
  const temporary = temporaryBeside(path);
  // only what was not there before may be removed as left behind
  const isFree = mustBeNew && !existsSync(path);
  const forget = await noteTemporaries(path, isFree ? 'reserved' : undefined);
  let reserved = false;
  await sweepBeside(dirname(path));
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(data);
      if (owner && platform() !== 'win32') await file.chown(owner.uid, owner.gid);
      await file.chmod(mode);
      await file.sync();
    } finally {
      await file.close();
    }
    if (mustBeNew && (await linked(temporary, path))) await discard(temporary);
    else {
      if (mustBeNew) {
        // an exclusive create where rename would replace silently
        await (await open(path, 'wx', 0o600)).close();
        reserved = true;
      }
      await rename(temporary, path);
      reserved = false;
    }
  } catch (error) {
    await discard(temporary);
    if (reserved) await discard(path);
    const isOfTheData = error instanceof KeelError || (error as Error).name === 'AbortError';
    throw isOfTheData ? error : cannotWrite(path, error);
  } finally {
    await forget();
  }
  await syncFolder(dirname(path));
}

/** Gives a file a second name that was free; false where the file system knows no such thing, as on FAT sticks. Throws `EEXIST`. */
async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (noLinks.has(errnoOf(error))) return false;
    throw error;
  }
}

const noLinks = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV', 'EINVAL', 'UNKNOWN']);

/** Makes created, renamed and removed entries of a folder survive a power cut, where the system can promise that. */
export async function syncFolder(path: string): Promise<void> {
  // Windows journals the entries itself and opens no folder for syncing
  if (platform() === 'win32') return;
  let folder: FileHandle | undefined;
  try {
    folder = await open(path, 'r');
    await folder.sync();
  } catch (error) {
    if (unsupported.has(errnoOf(error))) return;
    throw new KeelError(
      'file-unwritable',
      `${path} could not be synced to disk (${errnoOf(error)}): what was just written there may not survive a power failure`,
      text`check the disk, then ${{ do: 'try-again' }}`,
      { cause: error },
    );
  } finally {
    await folder?.close();
  }
}

/** The `file-unwritable` or `file-exists` for a failed write to `path`, with the remedy for its errno. */
export function cannotWrite(path: string, cause: unknown): KeelError {
  const errno = errnoOf(cause);
  if (errno === 'EEXIST') {
    return new KeelError(
      'file-exists',
      `${path} already exists; it was not touched`,
      'choose another name, or move that file first',
      { cause },
    );
  }
  const [what, remedy] = causes[errno] ?? [
    `the operating system refused (${errno})`,
    'check the path and the disk',
  ];
  const reason = `${path} was not written: ${what}`;
  return new KeelError('file-unwritable', `${reason}; nothing was changed`, remedy, { cause, reason });
}

/** File systems over a network or in user space that have no sync for folders. */
const unsupported = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

const permission = [
  'this account has no permission to write there',
  'run Keel as the owner of the folder, or grant this account write permission',
] as const;
const noFolder = ['its folder does not exist', 'create the folder first, or choose another'] as const;

const causes: Readonly<Record<string, readonly [string, Text]>> = {
  EACCES: permission,
  EPERM: permission,
  ENOENT: noFolder,
  ENOTDIR: noFolder,
  ENOSPC: ['the disk is full', text`free some space, then ${{ do: 'try-again' }}`],
  EDQUOT: ['the disk quota is used up', text`free some space, then ${{ do: 'try-again' }}`],
  EROFS: ['the file system is read-only', 'choose a folder on a writable disk, or mount this one writable'],
  EISDIR: ['a folder has this name', 'choose another name'],
  EBUSY: [
    'the file cannot be replaced (it may be mounted into a container as a single file)',
    'run this where the file actually is, for example on the host',
  ],
  ENAMETOOLONG: ['the name is too long', 'choose a shorter name'],
};

function errnoOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : 'unknown error';
}
