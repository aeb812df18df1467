import { randomBytes } from 'node:crypto';
import { Secret } from '#crypto/secret';
import { KeelError } from '#errors/keel-error';
import { encodeBase62 } from './base62.ts';

/** What every key of Ballast begins with. */
export const keyBeginning = 'bk_';

/** bcrypt reads no further: of two longer keys with the same beginning each would open the other's door. */
const bcryptReads = 72;

/** How much of a key is kept in clear where a table has a column for that. */
export const prefixLength = 8;

/** `bk_` and 32 random bytes in base 62: 46 characters, always. The caller disposes it. */
export function generateApiKey(): Secret {
  const bytes = randomBytes(32);
  const digits = encodeBase62(bytes);
  const key = Buffer.concat([Buffer.from(keyBeginning, 'ascii'), digits]);
  digits.fill(0);
  return new Secret(key);
}

/**
 * A key as somebody pasted it, without the white space around it. Throws `api-key-malformed` for what no hash can be told
 * of: nothing, more than bcrypt reads, or a NUL byte, at which some bcrypts stop. The caller disposes it.
 */
export function parseApiKey(text: Buffer): Secret {
  const bytes = trimmed(text);
  const problem = problemOf(bytes);
  if (problem === undefined) return new Secret(Buffer.from(bytes));
  throw new KeelError(
    'api-key-malformed',
    `this is not an API key that can be verified: ${problem}; nothing was compared`,
    `copy the whole key, from ${keyBeginning} to its end, and nothing else`,
  );
}

function problemOf(bytes: Buffer): string | undefined {
  if (bytes.length === 0) return 'it is empty';
  if (bytes.includes(0)) return 'it contains a NUL byte';
  if (bytes.length > bcryptReads) {
    return `it is ${bytes.length} bytes long, but bcrypt reads only ${bcryptReads}, so any key with the same beginning would seem to match`;
  }
  if (bytes.some((byte) => byte <= 0x20 || byte === 0x7f))
    return 'it contains white space or control characters';
  return undefined;
}

function trimmed(bytes: Buffer): Buffer {
  const isSpace = (byte: number | undefined) =>
    byte !== undefined && (byte === 0x20 || (byte >= 0x09 && byte <= 0x0d));
  let [start, end] = [0, bytes.length];
  while (start < end && isSpace(bytes[start])) start++;
  while (end > start && isSpace(bytes[end - 1])) end--;
  return bytes.subarray(start, end);
}
