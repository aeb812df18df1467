import { writeDurably } from '#storage/durable-file';
import { discard, noteTemporaries } from '#storage/temporaries';

export interface NewFile {
  readonly path: string;
  readonly data: Buffer | string;
}

/**
 * Writes files that must all be new, durably, or none of them: what was written before one failed is removed again. Throws
 * `file-exists` or `file-unwritable` of the first that failed. The caller keeps the data.
 */
export async function writeNewFiles(files: readonly NewFile[]): Promise<void> {
  const written: string[] = [];
  const forget: (() => Promise<void>)[] = [];
  try {
    for (const { path, data } of files) {
      await writeDurably(path, data, { mustBeNew: true });
      written.push(path);
      // a part of a set that is never finished is in the way of the next try
      if (written.length < files.length) forget.push(await noteTemporaries(path, 'part'));
    }
  } catch (error) {
    for (const path of written) await discard(path);
    throw error;
  } finally {
    for (const each of forget) await each();
  }
}
