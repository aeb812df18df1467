import { type FileHandle, open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type ActivityEntry, activityEntry } from '#contract/app';
import { expectedFailure } from '#errors/expected-failure';
import { oneAfterTheOther } from '#shared/one-after-the-other';
import { cannotWrite } from '#storage/durable-file';
import { withFolderLock } from '#storage/folder-lock';
import { madeFolder } from '#storage/made-folder';
import { readState, writeState } from '#storage/state-file';
import { chainHash, genesis, type Line, lineOf, presentable, readLine } from './activity-chain.ts';
import { activityHeadKind, createLogExaminer, type Examined, type Head } from './examine-log.ts';
import { readRows } from './log-rows.ts';

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
  // a long log is examined for a while: not by many at once
  const lookInTurn = oneAfterTheOther();
  /** `keep` hears of every line that can be read, oldest first; twice where the log has to be read again, from `begin` on. */
  const look = async (begin: () => (line: Line) => void): Promise<Examined['trouble']> => {
    await settled();
    const read = async (head: Head | Error, until?: number): Promise<Examined['trouble']> => {
      const examiner = createLogExaminer(head instanceof Error ? emptyHead : head);
      const keep = begin();
      const onRow = (row: string) => {
        const line = examiner.add(row);
        if (line) keep(line);
      };
      const trouble = examiner.end(await readRows(path, onRow, until));
      return head instanceof Error
        ? { line: 1, what: `and those after it were not checked: ${head.message}` }
        : trouble;
    };
    const headNow = () => readHead(headPath).catch((error: Error) => error);
    // the head first: what another process adds in the meantime then comes after it
    const glance = await read(await headNow());
    if (!glance) return undefined;
    // more than one entry may have been added, so a break is reported only by a head and a length of which nobody was writing
    const still = await withFolderLock(home, 'activity', async () => ({
      head: await headNow(),
      size: (await stat(path).catch(() => undefined))?.size ?? 0,
    })).catch(() => undefined);
    return still ? read(still.head, still.size) : glance;
  };
  return {
    append(entry) {
      const complete = presentable({ ...entry, at: now().toISOString() });
      return inTurn(() => add(complete));
    },
    settle: settled,
    examine: () =>
      lookInTurn(async () => {
        let lines: Line[] = [];
        const trouble = await look(() => {
          lines = [];
          return (line) => lines.push(line);
        });
        return { lines, ...(trouble && { trouble }) };
      }),
    list: ({ environment, limit }) =>
      lookInTurn(async () => {
        let newest: ActivityEntry[] = [];
        const trouble = await look(() => {
          newest = [];
          return ({ entry }) => {
            if (environment !== undefined && entry.environment !== environment) return;
            newest.push(entry);
            if (newest.length >= 2 * limit) newest = newest.slice(-limit);
          };
        });
        return { intact: trouble === undefined, entries: newest.slice(-limit).map(known).reverse() };
      }),
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
