import { readFile } from 'node:fs/promises';
import { KeelError } from '#errors/keel-error';
import { type DatabaseTarget, parseDatabaseUrl } from './target.ts';

/** An address that stood in a file. The caller disposes its password. */
export interface ImportedConnection {
  /** Where in the file it stood, like `DATABASE_URL`. */
  readonly from: string;
  readonly target: DatabaseTarget;
}

/** Reads the addresses in a `.env`. Throws `key-file-unreadable`, and `url-malformed` where there is none. */
export async function readConnectionFile(path: string): Promise<ImportedConnection[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new KeelError(
      'key-file-unreadable',
      `${path} cannot be read (${error.code}); nothing was connected`,
      'check the path and its permissions',
      { cause: error },
    );
  });
  const found = [...text.matchAll(/^(\w*DATABASE_URL|POSTGRES_URL)\s*=\s*["']?(postgres[^"'\s]+)/gm)];
  return found.map(([, from = '', url = '']) => ({ from, target: parseDatabaseUrl(url, {}) }));
}
