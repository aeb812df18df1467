import { ageLibrary } from '#crypto/age-library';
import { type Broken, broken } from '#backup/artefact-break';

/**
 * The identities of an identity file as `age-keygen` writes it: one `AGE-SECRET-KEY-1…` a line, among comments and empty lines.
 * No message repeats any of them.
 */
export async function parseIdentities(
  text: string,
): Promise<{ readonly identities: readonly string[] } | Broken> {
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  const anIdentity = 'use the file that `age-keygen` wrote: it contains a line `AGE-SECRET-KEY-1…`';
  if (lines.length === 0) return broken('identity', 'the identity file contains no identity', anIdentity);
  if (lines[0]?.startsWith('-----BEGIN AGE') || lines[0]?.startsWith('age-encryption.org/')) {
    return broken(
      'identity',
      'the identity file is itself encrypted',
      'decrypt it first with `age --decrypt`, or decrypt the backup with `age -i`',
    );
  }
  for (const [at, line] of lines.entries()) {
    if (line.startsWith('age1')) {
      return broken(
        'identity',
        'the identity file contains a recipient (`age1…`), which can only encrypt',
        anIdentity,
      );
    }
    if (!(await isIdentity(line))) {
      return broken('identity', `line ${at + 1} of the identity file is not an age identity`, anIdentity);
    }
  }
  return { identities: lines };
}

async function isIdentity(line: string): Promise<boolean> {
  if (!/^AGE-SECRET-KEY-(?:PQ-)?1[A-Z0-9]+$/.test(line)) return false;
  const { Decrypter } = await ageLibrary();
  try {
    new Decrypter().addIdentity(line);
    return true;
  } catch {
    return false;
  }
}
