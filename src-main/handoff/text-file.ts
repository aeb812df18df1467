import { realpath } from 'node:fs/promises';
import type { EncryptionKey } from '#crypto/encryption-key';
import { writeDurably } from '#storage/durable-file';
import { KeelError } from '#errors/keel-error';
import { readSmallFile } from '#storage/small-file';
import { unclear } from './unclear.ts';
import { assertNotEncrypted } from './encrypted-file.ts';
import { type AppliedChange, assertExpected, type PlannedChange } from './key-change.ts';

/** A file as it becomes with another key. */
export interface TextChange extends PlannedChange {
  /** The whole new text. Holds the key: not for showing. */
  readonly text: string;
}

/** What a text becomes with a key, or with nothing in its place; `file` names it in errors. Throws `file-unwritable` where its place is not clear. */
export type TextPlan = (text: string, key: EncryptionKey | undefined, file: string) => TextChange;

/** Files of settings are far smaller; a larger one is something else, and would be held in memory several times. */
const longestFile = 16 * 1024 * 1024;

/** Reads a file and plans the change of its key. Throws `key-file-unreadable` and what `plan` throws. */
export async function planTextFile(path: string, plan: TextPlan, key: EncryptionKey): Promise<PlannedChange> {
  const read = await readTextFile(path);
  const { text: _, ...change } = planned(read, plan, key, path);
  return change;
}

/**
 * Writes a file with another key, atomically and durably, with its mode and owner, and reads it back. Follows a symlink.
 * With `expected` the file must hold that key, or the new one already. The caller keeps `key`.
 * Throws `key-file-unreadable`, `key-wrong` (the file holds another key), `file-unwritable`, `verification-failed`.
 */
export async function changeTextFile(
  path: string,
  plan: TextPlan,
  expected: string | undefined,
  key: EncryptionKey | undefined,
): Promise<AppliedChange> {
  const file = await readTextFile(path);
  const { text, ...change } = planned(file, plan, key, path);
  const done = { where: file.target, ...change };
  if (key ? change.holds === key.fingerprint : change.vacant) return { ...done, changed: false };
  assertExpected(path, change, expected);
  const bytes = Buffer.from(text, 'latin1');
  try {
    await writeDurably(file.target, bytes, { mode: file.mode, owner: file.owner });
  } finally {
    bytes.fill(0);
  }
  if ((await readTextFile(file.target)).text !== text) {
    throw new KeelError(
      'verification-failed',
      `${path} was written, but its content is different now: another program changes it`,
      'stop that program, then check the key in the file',
    );
  }
  return { ...done, changed: true };
}

/** The change of a file's text, whose result was read by the same plan: what would not hold the key, or be empty, is not written. */
function planned(
  { text, links }: Pick<Awaited<ReturnType<typeof readTextFile>>, 'text' | 'links'>,
  plan: TextPlan,
  key: EncryptionKey | undefined,
  path: string,
): TextChange {
  assertNotEncrypted(text, path);
  const change = plan(text, key, path);
  const then = plan(change.text, key, path);
  if (key ? then.holds !== key.fingerprint : !then.vacant) {
    throw unclear(
      path,
      'the key cannot be placed so that it is read there as it is written',
      'write the value on one line, without anything else on that line',
    );
  }
  return links > 1 ? { ...change, cautions: [...(change.cautions ?? []), linkCaution(path, links)] } : change;
}

/** The file is replaced as a whole, and its other names stay with the one before. */
function linkCaution(path: string, links: number): string {
  return `${path} is one of ${links} hard links to one file. The other links keep the previous content: if an application reads one of them, hand off the key there too.`;
}

/** What stands in a file, where it is behind its links, and whose it is. The text has one character a byte, so that whatever encoding the file has survives. Throws `key-file-unreadable`. */
export async function readTextFile(path: string) {
  const target = await realpath(path).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(path, error.code === 'ENOENT' ? 'the file does not exist' : String(error.code), error);
  });
  const read = await readSmallFile(target, { max: longestFile });
  if ('why' in read) throw unreadable(path, read.why, read.cause);
  const { mode, uid, gid, nlink: links } = read.stats;
  const text = read.bytes.toString('latin1');
  read.bytes.fill(0);
  return { target, mode: mode & 0o7777, owner: { uid, gid }, links, text };
}

function unreadable(path: string, why: string, cause?: unknown): KeelError {
  return new KeelError(
    'key-file-unreadable',
    `${path} cannot be read (${why}); it was not changed`,
    'check the path and its permissions',
    { cause },
  );
}
