import type { Picture } from './picture.ts';
import { looksAt } from './qr-looks.ts';
import { readCodes } from './zxing-reader.ts';

export interface QrSearch {
  /** Takes the text that is searched for. */
  readonly wanted: (text: string) => boolean;
  /** When to give up, on the clock of `performance.now`. */
  readonly deadline: number;
  /** Hears which of how many looks begins. */
  readonly onLook: (done: number, total: number) => void;
}

/**
 * Reads the QR codes of a picture: as it is, then as it might be read better, until `wanted` takes one. Answers every different
 * text of the look that had a wanted one, else of all; undefined instead of an end once time is up.
 */
export async function searchQr(
  picture: Picture,
  { wanted, deadline, onLook }: QrSearch,
): Promise<string[] | undefined> {
  const found = new Set<string>();
  const looks = looksAt(picture);
  for (const [done, look] of looks.entries()) {
    if (performance.now() > deadline) return undefined;
    onLook(done, looks.length);
    const texts = await readCodes(look());
    if (texts.some(wanted)) return [...new Set(texts)];
    for (const text of texts) found.add(text);
  }
  return [...found];
}
