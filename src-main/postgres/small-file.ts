import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** No certificate, and no file of connections, is longer. */
const mostBytes = 1 << 20;

/** The bytes of a regular file, or why it is not read: a device or a pipe has no end, and a hostile file fills memory. */
export async function readSmallFile(
  path: string,
): Promise<{ readonly bytes: Buffer } | { readonly why: string; readonly cause?: unknown }> {
  try {
    // a pipe would be waited for without a writer; Windows has none and knows no such flag
    await using file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const stats = await file.stat();
    if (!stats.isFile()) return { why: 'it is no regular file' };
    if (stats.size > mostBytes) return { why: 'it is longer than such a file ever is' };
    return { bytes: await file.readFile() };
  } catch (error) {
    return { why: `the system refused (${(error as NodeJS.ErrnoException).code})`, cause: error };
  }
}
