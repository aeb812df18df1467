import { keyLength } from './encryption-key.ts';
import { fingerprintOf } from './fingerprint.ts';

/** Names and paths have letters of one kind, and random bytes both. */
const isMixed = /[a-z].*[A-Z]|[A-Z].*[a-z]/;

/** Of 256 bits in base64, without padding. */
const keyCharacters = 43;

/**
 * Fingerprints of everything in a text that has the shape of a 256-bit key: base64 or base64url, with padding or without, hex in any
 * dress, what JSON and URLs escape, lines that were wrapped, and base64 of one of these, as manifests of Kubernetes and their
 * annotations have it. Most of what is found is no key: the caller compares with those it knows.
 */
export function keyShapesIn(text: string, depth = 2): Set<string> {
  const found = new Set<string>();
  const add = (bytes: Buffer) => {
    if (bytes.length === keyLength) found.add(fingerprintOf(bytes));
    bytes.fill(0);
  };
  for (const form of formsOf(text)) {
    for (const [hex] of form.matchAll(/(?<![\da-f])[\da-f]{64}(?![\da-f])/gi)) add(Buffer.from(hex, 'hex'));
    for (const [word] of form.matchAll(/[A-Za-z0-9+/_-]{43,}={0,2}/g)) {
      const bare = word.replace(/=+$/, '');
      // what stands before or after it may be of the same letters
      const ends =
        bare.length > keyCharacters && isMixed.test(bare)
          ? [bare.slice(0, keyCharacters), bare.slice(-keyCharacters)]
          : [];
      for (const end of ends) add(Buffer.from(end, 'base64'));
      const whole = Buffer.from(word, 'base64');
      if (depth > 0 && whole.length > keyLength)
        for (const inner of keyShapesIn(whole.toString('latin1'), depth - 1)) found.add(inner);
      add(whole);
    }
  }
  return found;
}

/** A text as it stands, and without the escapes and line ends that may be within a key. */
function formsOf(text: string): string[] {
  const escape = /%(2b|2f|3d|2d|5f)|\\u00(2b|2f|3d)|\\(?=\/)/gi;
  const unescaped = text.replace(escape, (_, inUrl?: string, inJson?: string) => {
    const code = inUrl ?? inJson;
    return code === undefined ? '' : String.fromCharCode(Number.parseInt(code, 16));
  });
  const joined = text.replace(/(?<=[A-Za-z0-9+/]{16})\\?\r?\n[ \t]*(?=[A-Za-z0-9+/]{4})/g, '');
  const separated = text.replace(/(?<=\b[\da-f]{2})[: ](?=[\da-f]{2}\b)/gi, '');
  return [...new Set([text, unescaped, joined, separated])];
}
