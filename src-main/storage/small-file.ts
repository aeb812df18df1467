import { constants, type Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

export interface SmallFileOptions {
  /** Bytes that such a file has at most. 1 MiB without it. */
  readonly max?: number;
  /** A pipe is read to its end too, which waits for its writer: for what a shell hands over. */
  readonly pipes?: boolean;
}

/** Why a file was not read, in words for a sentence about it, and as a fact. */
export interface Unread {
  readonly why: string;
  readonly fault: 'missing' | 'refused' | 'not-regular' | 'too-long';
  /** Of a file that is too long, as far as it is known. */
  readonly size?: number;
  readonly cause?: NodeJS.ErrnoException;
}

/**
 * The bytes of a regular file, for the caller to wipe, or why it is not read: a device or a pipe has no end, and a hostile file fills
 * memory. Never reads more than `max` bytes, also of a file that grows meanwhile.
 */
export async function readSmallFile(
  path: string,
  { max = 1 << 20, pipes = false }: SmallFileOptions = {},
): Promise<{ readonly bytes: Buffer; readonly stats: Stats } | Unread> {
  try {
    // a pipe would be waited for without a writer; Windows has none and knows no such flag
    const flags = constants.O_RDONLY | (pipes ? 0 : (constants.O_NONBLOCK ?? 0));
    await using file = await open(path, flags);
    const stats = await file.stat();
    if (stats.isDirectory()) return { why: 'it is a folder', fault: 'not-regular' };
    if (!stats.isFile() && !(pipes && stats.isFIFO()))
      return { why: 'it is not a regular file', fault: 'not-regular' };
    const bytes = stats.size > max ? undefined : await readAtMost(file, max, stats.size);
    if (bytes) return { bytes, stats };
    const size = Math.max(stats.size, max + 1);
    return { why: 'it is too large', fault: 'too-long', size };
  } catch (error) {
    const cause = error as NodeJS.ErrnoException;
    return { why: inWords(cause), fault: cause.code === 'ENOENT' ? 'missing' : 'refused', cause };
  }
}

async function readAtMost(file: FileHandle, max: number, expected: number): Promise<Buffer | undefined> {
  let bytes = Buffer.alloc(expected + 1);
  let length = 0;
  for (;;) {
    const { bytesRead } = await file.read(bytes, length, bytes.length - length, null);
    if (bytesRead === 0) return bytes.subarray(0, length);
    length += bytesRead;
    if (length > max) break;
    if (length === bytes.length) {
      const longer = Buffer.alloc(length * 2 + 4096);
      bytes.copy(longer);
      bytes.fill(0);
      bytes = longer;
    }
  }
  bytes.fill(0);
  return undefined;
}

function inWords({ code }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT') return 'the file does not exist';
  if (code === 'EACCES' || code === 'EPERM') return 'this account has no permission to read it';
  return code === 'ELOOP' ? 'its symbolic links form a loop' : `the operating system refused (${code})`;
}
