import { type FileHandle, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ActivityEntry, activityEntry } from '#contract/app';
import { expectedFailure } from '#errors/expected-failure';
import { oneAfterTheOther } from '#shared/one-after-the-other';
import { cannotWrite } from '#storage/durable-file';
import { withFolderLock } from '#storage/folder-lock';
import { madeFolder } from '#storage/made-folder';
import { readState, writeState } from '#storage/state-file';
import { chainHash, genesis, lineOf, presentable, readLine } from './activity-chain.ts';
import { activityHeadKind, type Examined, examineLog, type Head } from './examine-log.ts';

/**
 * What was done with Keel, in `activity.jsonl`: one entry per line, each with the SHA-256 of the previous
 * hash and its own content. `activity.head.json` next to it records count, bytes and latest hash, so that
 * truncation shows.
 *
 * Detected: entries altered, removed, inserted or moved; a truncated log; a log that was removed; a head that
 * was removed or restored to an older state (except for the last entry). A break stays visible after further
 * appends. Not detected: both files removed, or both rewritten with new hashes, by somebody who may write
 * here; there is no key in this chain.
 */
export interface ActivityLog {
  /**
   * Adds an entry, after those of earlier calls, and returns once it is durable. Safe with other processes.
   * Strings are truncated to one line of limited length, and what looks like a secret is removed. Throws
   * `file-unwritable`, `lock-timeout` or `state-newer`; then nothing was added.
   */
  append(entry: Omit<ActivityEntry, 'at'>): Promise<void>;
  /** Newest first. A damaged line is left out and makes `intact` false; never fails. */
  list(query: ActivityQuery): Promise<{ intact: boolean; entries: ActivityEntry[] }>;
  /** The whole log, oldest first, and where it was altered, if it was. Never fails. */
  examine(): Promise<Examined>;
  /** Waits for the entries that are being added. */
  settle(): Promise<void>;
}

export interface ActivityQuery {
  readonly environment?: string | undefined;
  readonly limit: number;
}

const emptyHead: Head = { count: 0, bytes: 0, hash: genesis };

export function openActivityLog(home: string, now: () => Date = () => new Date()): ActivityLog {
  const path = join(home, 'activity.jsonl');
  const headPath = join(home, 'activity.head.json');
  // the lock between processes lets in whoever comes first; here it is whoever was called first
  const inTurn = oneAfterTheOther();
  const add = async (entry: ActivityEntry) => {
    await madeFolder(home);
    await withFolderLock(home, 'activity', async () => {
      const after = await appendTo(path, await readHead(headPath), entry);
      await writeState(activityHeadKind, headPath, after);
    });
  };
  const settled = () => inTurn(async () => undefined);
  const look = async (): Promise<Examined> => {
    await settled();
    // the head first: what another process adds in the meantime then comes after it
    const read = async (): Promise<Examined> => {
      const head = await readHead(headPath).catch((error: Error) => error);
      const text = await readText(path);
      if (!(head instanceof Error)) return examineLog(head, text);
      const { lines } = examineLog(emptyHead, text);
      return { lines, trouble: { line: 1, what: `and those after it were not checked: ${head.message}` } };
    };
    const glance = await read();
    // more than one entry may have been added, so a break is reported only when nobody can be writing
    return glance.trouble ? withFolderLock(home, 'activity', read).catch(() => glance) : glance;
  };
  return {
    append(entry) {
      const complete = presentable({ ...entry, at: now().toISOString() });
      return inTurn(() => add(complete));
    },
    settle: settled,
    examine: look,
    list: async ({ environment, limit }) => {
      const { trouble, lines } = await look();
      const wanted = lines
        .map(({ entry }) => known(entry))
        .filter((entry) => environment === undefined || entry.environment === environment);
      return { intact: trouble === undefined, entries: wanted.slice(-limit).reverse() };
    },
  };
}

/** Writes one line after what the head vouches for, and returns the new head. */
async function appendTo(path: string, before: Head, entry: ActivityEntry): Promise<Head> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'a+', 0o600);
    const settled = await settleTail(file, before);
    const hash = chainHash(settled.hash, entry);
    const text = `${settled.lineEnd}${lineOf(entry, hash)}\n`;
    await file.appendFile(text);
    await file.sync();
    const { size } = await file.stat();
    return { count: settled.count + 1, bytes: size, hash };
  } catch (error) {
    throw cannotWrite(path, error);
  } finally {
    await file?.close();
  }
}

/**
 * The hash that the next entry follows. After a crash there is at most one entry beyond the head, which is
 * accepted, or a piece of one, which is dropped, because nobody was told that it had been written. Any other
 * difference is not repaired: the chain continues from the head, and so shows the break permanently.
 */
async function settleTail(
  file: FileHandle,
  { count, bytes, hash }: Head,
): Promise<Head & { lineEnd: string }> {
  const { size } = await file.stat();
  const asVouched = { count, bytes, hash, lineEnd: '' };
  if (size === bytes) return asVouched;
  if (size < bytes) return { ...asVouched, lineEnd: (await endsLine(file, size)) ? '' : '\n' };
  const text = (await readFrom(file, bytes, size)).toString('utf8');
  const [first = '', ...rest] = text.split('\n');
  if (rest.length === 0) {
    await file.truncate(bytes);
    return asVouched;
  }
  const adopted = rest.length === 1 && rest[0] === '' ? readLine(first) : undefined;
  if (adopted && adopted.hash === chainHash(hash, adopted.entry)) {
    return { count: count + 1, bytes: size, hash: adopted.hash, lineEnd: '' };
  }
  return { ...asVouched, lineEnd: text.endsWith('\n') ? '' : '\n' };
}

async function endsLine(file: FileHandle, size: number): Promise<boolean> {
  return size === 0 || (await readFrom(file, size - 1, size)).toString('latin1') === '\n';
}

async function readFrom(file: FileHandle, start: number, end: number): Promise<Buffer> {
  const bytes = Buffer.alloc(end - start);
  await file.read(bytes, 0, bytes.length, start);
  return bytes;
}

async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}

/**
 * A missing or damaged head vouches for nothing. Throws `state-newer`, because the meaning of a newer Keel's
 * head is unknown.
 */
async function readHead(path: string): Promise<Head> {
  try {
    return (await readState(activityHeadKind, path)) ?? emptyHead;
  } catch (error) {
    expectedFailure(error, 'state-damaged');
    return emptyHead;
  }
}

/** An entry without the fields of a later Keel, which the hash of its line covers too. */
function known(entry: ActivityEntry): ActivityEntry {
  return activityEntry.strip().parse(entry);
}
