import type { Layout } from '#crypto/layouts';
import { readCell } from '#crypto/layouts';
import { cleanText } from './clean-text.ts';

/**
 * Whether cells look like ciphertexts without any key: they have a layout, no two share an IV, lengths are not all those
 * of a hash, and their bytes are as evenly spread as noise. A hint only; hashes and random tokens can look the same.
 */
export function looksEncrypted(layout: Layout, texts: readonly Buffer[]): boolean {
  const opened = texts.map((text) => readCell(layout, text)).filter((cell) => cell !== undefined);
  if (opened.length < 3 || opened.length < texts.length * 0.8) return false;
  const ivs = new Set(opened.map((cell) => Buffer.from(cell.iv).toString('hex')));
  const lengths = new Set(opened.map((cell) => cell.body.length));
  if (ivs.size < opened.length || lengths.size < 2) return false;
  const bytes = Buffer.concat(opened.flatMap((cell) => [cell.iv, cell.body]));
  return !opened.some((cell) => cleanText.accepts(Buffer.concat([cell.iv, cell.body]))) && isEven(bytes);
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
