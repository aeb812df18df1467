import { EncryptionKey, keyLength } from '#crypto/encryption-key';

/** Base64 of base64 is usual, a third time is not. */
const deepest = 1;

/**
 * The key of 32 bytes that a text stands for in any of the ways in which these are written: base64 or base64url, padded or not, on one
 * line or several; hex, with `0x`, colons or blanks; percent-encoded; or one of these in base64 again. Undefined for what is none. The
 * caller disposes it.
 */
export function keyWrittenAs(text: string, depth = deepest): EncryptionKey | undefined {
  const bare = fromPercent(text.trim().replace(/^(["'`])(.*)\1$/s, '$2')).replace(/^base64:/, '');
  const digits = bare.replace(/0x|[\s:,-]/gi, '');
  if (/^[\da-f]{64}$/i.test(digits)) return new EncryptionKey(Buffer.from(digits, 'hex'));
  const letters = bare.replace(/\s/g, '');
  if (!/^(?:[A-Za-z0-9+/]{43,}|[\w-]{43,})={0,2}$/.test(letters)) return undefined;
  const bytes = Buffer.from(letters, 'base64');
  if (bytes.length === keyLength && /^.{43}=?$/.test(letters)) return new EncryptionKey(bytes);
  try {
    const inner = bytes.toString('latin1');
    return depth > 0 && /^[\x20-\x7e\r\n]+$/.test(inner) ? keyWrittenAs(inner, depth - 1) : undefined;
  } finally {
    bytes.fill(0);
  }
}

/** Whether a text is base64 of about 32 bytes, as a key is that was cut off or has a letter too many. */
export function isNearlyKey(text: string): boolean {
  return /^[\w+/-]{40,46}={0,2}$/.test(text) && text.length < 48;
}

/** A word that may be 32 bytes: base64 of 43 letters, or of base64 or hex again, hex digits, and either percent-encoded. */
const shape =
  /(?<![\w+/%=-])(?:0x[\da-f]{64}|[\da-f]{2}(?:[:-][\da-f]{2}){31}|(?:[A-Za-z0-9+/_-]|%2[bf]){43,90}(?:=|%3d){0,2})(?![\w+/%=-])/gi;

/** The words of a text that stand for 32 bytes, each once. Those that are named as another variable are left out, except where `isNamed` says otherwise. */
export function keyShapesIn(text: string, { named }: { readonly named: boolean }): string[] {
  const found = [...text.matchAll(shape)].filter(
    (match) =>
      (named || !/\b[A-Z][A-Z0-9_]*["']?=["']?$/.test(text.slice(0, match.index))) && isKey(match[0]),
  );
  return [...new Set(found.map(([word]) => word))];
}

function isKey(word: string): boolean {
  using key = keyWrittenAs(word);
  return key !== undefined;
}

function fromPercent(text: string): string {
  return text.replace(/%(2b|2f|3d)/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
