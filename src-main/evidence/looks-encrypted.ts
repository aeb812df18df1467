import { ciphertextReader } from '#forms/ciphertext';
import type { Layout } from '#forms/layout';
import { cleanText } from './plaintexts/clean-text.ts';

/**
 * Whether texts look like ciphertexts without any key: they have a layout, no two share an IV, lengths are not all those
 * of a hash, and their bytes are as evenly spread as noise. A hint only; hashes and random tokens can look the same.
 */
export function looksEncrypted(layout: Layout, texts: readonly string[]): boolean {
  const reader = ciphertextReader(layout);
  const read = texts.flatMap((text) => {
    const { iv, body } = reader.read(text) ?? {};
    return iv && typeof iv !== 'string' && body ? [{ iv: Buffer.from(iv), body }] : [];
  });
  if (read.length < 3 || read.length < texts.length * 0.8) return false;
  const ivs = new Set(read.map(({ iv }) => iv.toString('latin1')));
  const lengths = new Set(read.map(({ body }) => body.length));
  if (ivs.size < read.length || lengths.size < 2) return false;
  const all = read.map(({ iv, body }) => Buffer.concat([iv, body]));
  return !all.some((bytes) => cleanText.accepts(bytes)) && isEven(Buffer.concat(all));
}

/** Shorter texts are names and words. */
const shortestNoise = 32;
const fewestTexts = 5;
/** Texts that begin alike have a writing of their own: a URL, a token of a known kind, a hash with its name. */
const beginning = 6;

/**
 * Whether texts are as evenly spread over their characters as noise, in a writing that is not known: digits backwards, or an alphabet of
 * somebody's own. As `looksEncrypted`, a hint only.
 */
export function looksLikeNoise(texts: readonly string[]): boolean {
  if (texts.length < fewestTexts || texts.some((text) => text.length < shortestNoise || /\s/.test(text)))
    return false;
  const bodies = texts.map((text) => text.replace(/^=+|=+$/g, ''));
  const beginnings = new Set(bodies.map((text) => text.slice(0, beginning)));
  const lengths = new Set(texts.map(({ length }) => length));
  return beginnings.size === texts.length && lengths.size > 1 && isEvenText(bodies.join(''));
}

/** Nearly all of the entropy that so many characters have, of an alphabet that has no fewer than the hexadecimal digits. */
function isEvenText(text: string): boolean {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  if (counts.size < 16) return false;
  let entropy = 0;
  for (const count of counts.values()) entropy -= (count / text.length) * Math.log2(count / text.length);
  return entropy > 0.97 * Math.log2(counts.size);
}

/** Shannon entropy within a tenth of what random bytes of this number would show. */
function isEven(bytes: Buffer): boolean {
  const counts = new Uint32Array(256);
  for (const byte of bytes) counts[byte] = (counts[byte] as number) + 1;
  let entropy = 0;
  for (const count of counts) {
    if (count > 0) entropy -= (count / bytes.length) * Math.log2(count / bytes.length);
  }
  return entropy > 0.9 * Math.min(8, Math.log2(bytes.length));
}
