import { lstat, realpath, rename, rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { KeelError } from '#errors/keel-error';
import { cannotWrite, syncFolder, writeDurably } from './durable-file.ts';
import { withFolderLock } from './folder-lock.ts';
import { madeFolder } from './made-folder.ts';
import { readSmallFile } from './small-file.ts';
import {
  formatState,
  parseState,
  type ReadState,
  type StateFacts,
  type StateKind,
  stateDamaged,
} from './state-kind.ts';

/** No file of state comes near it: the records of ten thousand databases have 4 MB. */
const maxBytes = 64 << 20;

/**
 * The state in a file, of whichever version; undefined where there is no file. Throws `state-damaged` and `state-newer`. Changes
 * nothing.
 */
export async function readState<State>(kind: StateKind<State>, path: string): Promise<State | undefined> {
  return (await readWhole(kind, path))?.state;
}

/**
 * Changes the state on top of what stands there by now, while no other Keel can, and returns it when it is durable. A change that
 * returns what it was given, or undefined, writes nothing; one that throws leaves the file as it was, as do a damaged file, unless it
 * is of a kind that can be made anew, and one of a newer Keel: `state-damaged`, `state-newer`. `onAside` is told where a damaged one
 * is kept from then on.
 */
export function changeState<State, After extends State | undefined>(
  kind: StateKind<State>,
  path: string,
  change: (now: State | undefined) => After | Promise<After>,
  onAside?: (name: string) => void,
): Promise<After> {
  return locked(path, async () => {
    const before = await readReplaceable(kind, path, onAside);
    const after = await change(before?.state);
    if (after !== undefined && after !== before?.state) await write(kind, path, after, before);
    return after;
  });
}

/** The same for a caller that holds a lock under which nobody else writes the file: puts other contents in its place. */
export async function writeState<State>(kind: StateKind<State>, path: string, state: State): Promise<void> {
  await write(kind, path, state, await readReplaceable(kind, path));
}

/** Runs `work` under the lock of a file, which `changeState` takes for itself. Makes the file's folder. */
export async function locked<T>(path: string, work: () => Promise<T>): Promise<T> {
  const folder = await madeFolder(dirname(path));
  return withFolderLock(folder, basename(path, '.json'), work);
}

/**
 * Removes a file durably; none is as good. Throws `state-newer` for a newer Keel's, and `state-damaged`: both stay. The caller
 * holds its lock.
 */
export async function removeState<State>(kind: StateKind<State>, path: string): Promise<void> {
  if (!(await readWhole(kind, path))) return;
  await rm(path).catch((error: unknown) => {
    throw cannotWrite(path, error);
  });
  await syncFolder(dirname(path));
}

async function write<State>(
  kind: StateKind<State>,
  path: string,
  state: State,
  before: ReadState<State> | undefined,
): Promise<void> {
  // a link stays: somebody keeps the file elsewhere on purpose
  const target = await realpath(path).catch(() => path);
  await writeDurably(target, formatState(kind, state, before));
}

async function readReplaceable<State>(
  kind: StateKind<State>,
  path: string,
  onAside?: (name: string) => void,
): Promise<ReadState<State> | undefined> {
  try {
    return await readWhole(kind, path);
  } catch (error) {
    if (!kind.replaceable || !(error instanceof KeelError) || error.code !== 'state-damaged') throw error;
    const name = await setAside(path);
    onAside?.(name);
    return undefined;
  }
}

async function readWhole<State>(kind: StateKind<State>, path: string): Promise<ReadState<State> | undefined> {
  const text = await readStateText(kind, path);
  return text === undefined ? undefined : parseState(kind, text, path);
}

/** The text of a file; undefined where there is none. Throws `state-damaged` for what cannot be read, or is no text. */
export async function readStateText(kind: StateFacts, path: string): Promise<string | undefined> {
  const read = await readSmallFile(path, { max: maxBytes });
  if ('why' in read) {
    if (read.fault !== 'missing')
      throw stateDamaged(kind, path, `it cannot be read: ${read.why}`, read.cause);
    const found = await lstat(path).catch(() => undefined);
    if (!found) return undefined;
    // another Keel has made it since
    if (!found.isSymbolicLink()) return readStateText(kind, path);
    // a link whose file is gone is no new beginning
    throw stateDamaged(kind, path, 'it is a symbolic link to a missing file', read.cause);
  }
  try {
    // leaves out the mark that some editors put before a text
    return new TextDecoder('utf-8', { fatal: true }).decode(read.bytes);
  } catch (error) {
    throw stateDamaged(kind, path, 'it is not text', error);
  }
}

function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
  );
}

/** Renames a damaged file to the first name of its own that is free, so that nothing of it is lost, and returns that name. */
async function setAside(path: string): Promise<string> {
  for (let number = 1; ; number++) {
    const name = `${path}.damaged${number === 1 ? '' : `-${number}`}`;
    if (await isThere(name)) continue;
    await rename(path, name).catch((error: unknown) => {
      throw cannotWrite(name, error);
    });
    return name;
  }
}
