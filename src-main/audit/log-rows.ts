import { type FileHandle, open } from 'node:fs/promises';
import { setImmediate as turn } from 'node:timers/promises';

/** About as much as is examined in the time in which nobody notices that the app does nothing else. */
const sliceBytes = 32 * 1024;

/**
 * Calls `onRow` for each row of a file's first `until` bytes, in slices between which other work gets its turn, and returns what follows the
 * last line end. A file that cannot be read has no rows.
 */
export async function readRows(
  path: string,
  onRow: (row: string) => void,
  until = Number.POSITIVE_INFINITY,
): Promise<string> {
  let file: FileHandle | undefined;
  // the pieces of a row that is not at its end yet
  let pieces: Buffer[] = [];
  try {
    file = await open(path, 'r');
    for (let at = 0; at < until; ) {
      const slice = Buffer.alloc(Math.min(sliceBytes, until - at));
      const { bytesRead } = await file.read(slice, 0, slice.length, at);
      if (bytesRead === 0) break;
      at += bytesRead;
      let from = 0;
      for (let end = slice.indexOf(10); end !== -1 && end < bytesRead; end = slice.indexOf(10, from)) {
        onRow(Buffer.concat([...pieces, slice.subarray(from, end)]).toString('utf8'));
        pieces = [];
        from = end + 1;
      }
      if (from < bytesRead) pieces.push(slice.subarray(from, bytesRead));
      await turn();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
  } finally {
    await file?.close();
  }
  return Buffer.concat(pieces).toString('utf8');
}
