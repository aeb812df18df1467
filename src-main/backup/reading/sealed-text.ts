import { textOf } from '#storage/text-encoding';

/** What was sealed, as text. */
export interface SealedText {
  readonly text: string;
  /** How its letters become the bytes again that an application reads. */
  readonly encoding: 'utf8' | 'latin1';
}

/**
 * The text of what was sealed, with line breaks for what ends a text on some system (NUL in `env -0`, Ctrl-Z in DOS); in one byte a
 * letter where it is not Unicode. Undefined for what is no text.
 */
export function sealedTextOf(plain: Buffer): SealedText | undefined {
  const wide = fromUtf32(plain);
  if (wide !== undefined) return { text: wide, encoding: 'utf8' };
  const text = textOf(plain);
  if (text !== undefined) return { text, encoding: 'utf8' };
  const ended = Buffer.from(plain);
  try {
    for (const [at, byte] of ended.entries()) if (byte === 0 || byte === 0x1a) ended[at] = 0x0a;
    const unended = textOf(ended);
    if (unended !== undefined) return { text: unended, encoding: 'utf8' };
    return isLatin1(ended) ? { text: ended.toString('latin1'), encoding: 'latin1' } : undefined;
  } finally {
    ended.fill(0);
  }
}

/** Mostly letters of ASCII and no control characters: a comment in Latin-1 or Windows-1252. */
function isLatin1(bytes: Buffer): boolean {
  const isLine = (byte: number) => byte >= 0x09 && byte <= 0x0d;
  const isPlain = (byte: number) => byte >= 0x20 && byte < 0x7f;
  if (bytes.some((byte) => (byte < 0x20 && !isLine(byte)) || byte === 0x7f)) return false;
  return bytes.filter(isPlain).fill(0).length > 0.75 * bytes.length;
}

/** Letters of ASCII in UTF-32 have three zeros each. */
function fromUtf32(bytes: Buffer): string | undefined {
  if (bytes.length < 16 || bytes.length % 4 !== 0) return undefined;
  for (const first of [0, 3]) {
    const rest = [0, 1, 2, 3].filter((at) => at !== first);
    const letters = Array.from({ length: bytes.length / 4 }, (_, at) => bytes[4 * at + first] as number);
    const isWide = rest.every((at) => letters.every((_, letter) => bytes[4 * letter + at] === 0));
    if (isWide) return String.fromCharCode(...letters);
  }
  return undefined;
}

/** Without what cannot be seen, and with plain quotes and blanks for those that word processors set. */
export function withPlainMarks(text: string): string {
  return text
    .replace(/[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]/g, '')
    .replace(/[\u00a0\u2000-\u200a\u202f\u3000]/g, ' ')
    .replace(/[“”„‟«»]/g, '"')
    .replace(/[‘’‚‛]/g, "'");
}
