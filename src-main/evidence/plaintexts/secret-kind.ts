import type { SecretKind } from '#contract/inventory';

const namePatterns: readonly (readonly [RegExp, SecretKind])[] = [
  [/refresh[_-]?token/i, 'oauth-refresh-token'],
  [/access[_-]?token|oauth|bearer/i, 'oauth-access-token'],
  [/passw(or)?d|\bpwd\b|passphrase/i, 'database-password'],
  [/connection[_-]?(string|url|uri)|\bdsn\b|database[_-]?url|_uri$|_url$/i, 'connection-string'],
  [/credential/i, 'credentials'],
  [/api[_-]?(key|token|secret)|secret|token|\bkey\b/i, 'api-credential'],
];

/** The kind of secret by its content where that is plain, else by the names of where it stands. */
export function secretKindOf(names: readonly string[], secrets: readonly Uint8Array[]): SecretKind {
  if (most(secrets, isObject)) return 'credentials';
  if (most(secrets, isAddressWithLogin)) return 'connection-string';
  // the innermost name says most
  for (const name of [...names].reverse()) {
    const match = namePatterns.find(([pattern]) => pattern.test(name));
    if (match) return match[1];
  }
  return 'unknown';
}

function most(secrets: readonly Uint8Array[], holds: (secret: Uint8Array) => boolean): boolean {
  return secrets.filter(holds).length * 2 > secrets.length;
}

/*
 * Both read bytes where they are: a string of a secret could not be wiped.
 */

/** `{…}`, with white space around it. */
function isObject(secret: Uint8Array): boolean {
  const first = secret.findIndex((byte) => !isSpace(byte));
  const last = secret.findLastIndex((byte) => !isSpace(byte));
  return first < last && secret[first] === 0x7b && secret[last] === 0x7d;
}

/** `scheme://…@`, with neither a slash nor white space before the `@`. */
function isAddressWithLogin(secret: Uint8Array): boolean {
  const colon = secret.indexOf(0x3a);
  if (colon < 1 || secret[colon + 1] !== 0x2f || secret[colon + 2] !== 0x2f) return false;
  if (!isLetter(secret[0] as number) || !secret.subarray(0, colon).every(isOfScheme)) return false;
  const login = secret.subarray(colon + 3);
  const end = login.findIndex((byte) => byte === 0x40 || byte === 0x2f || isSpace(byte));
  return login[end] === 0x40;
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
}

function isLetter(byte: number): boolean {
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

/** Letters, digits, `+`, `-` and `.` (RFC 3986, 3.1). */
function isOfScheme(byte: number): boolean {
  return isLetter(byte) || (byte >= 0x30 && byte <= 0x39) || byte === 0x2b || byte === 0x2d || byte === 0x2e;
}
