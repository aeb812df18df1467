import { KeelError } from '#errors/keel-error';

const maxDatabases = 10_000;

/**
 * The databases of a list, a name a line: blank lines and what follows `#` are left out, as are repeats. Names are those of
 * databases on the environment's own server. Throws `usage` for an empty list.
 */
export function parseFleetNames(text: string, file: string): string[] {
  const names = text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '');
  if (names.length > 0 && names.length <= maxDatabases) return [...new Set(names)];
  throw new KeelError(
    'usage',
    names.length === 0
      ? `${file} names no database; nothing was done`
      : `${file} names more than ${maxDatabases} databases; nothing was done`,
    'write the name of a database of the server on each line',
  );
}
