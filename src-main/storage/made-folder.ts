import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { cannotWrite, syncFolder } from './durable-file.ts';

/** The folder itself, made durably with its parents if there is none, for this account alone (0700). Throws `file-unwritable`. */
export async function madeFolder(folder: string): Promise<string> {
  const first = await mkdir(folder, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw cannotWrite(folder, error);
  });
  if (first !== undefined) {
    for (let made = folder; made.length >= first.length; made = dirname(made))
      await syncFolder(dirname(made));
  }
  return folder;
}
