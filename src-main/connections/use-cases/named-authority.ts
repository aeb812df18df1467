import { readFile } from 'node:fs/promises';
import { KeelError } from '#errors/keel-error';

/** The certificates of an authority that the admin named, in PEM form. Throws `tls-failed`. */
export async function readAuthority(path: string): Promise<Buffer> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw unusable(path, `cannot be read (${error.code})`, error);
  });
  if (bytes.includes('-----BEGIN CERTIFICATE-----')) return bytes;
  throw unusable(path, 'is not in PEM form');
}

function unusable(path: string, why: string, cause?: unknown): KeelError {
  return new KeelError(
    'tls-failed',
    `the root certificate ${path} ${why}; nothing was tried`,
    'name another file of certificates in PEM form (on the command line: `--root-certificate FILE`)',
    { cause },
  );
}
