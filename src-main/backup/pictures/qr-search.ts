import { decodeQRBatch } from 'qr/decode.js';
import type { Picture } from './picture.ts';
import { crop, enlarge, evenOut, sharpen, shrink, soften, stretch, turn } from './picture-variants.ts';

/** How long a search goes on, in milliseconds. A code that can be read is mostly found within the first tenth of a second. */
const timeoutMs = 10_000;

/**
 * Reads the QR codes of a picture: as it is, then as it might be read better (smaller, larger, evened out, turned, in parts),
 * until `wanted` takes one, or time is up. Answers every different text of the variant that had a wanted one, else of all.
 */
export async function searchQr(picture: Picture, wanted: (text: string) => boolean): Promise<string[]> {
  const deadline = performance.now() + timeoutMs;
  const found = new Set<string>();
  for (const variant of variantsOf(picture)) {
    const texts = await readCodes(variant, Math.max(50, deadline - performance.now()));
    if (texts.some(wanted)) return [...new Set(texts)];
    for (const text of texts) found.add(text);
    if (performance.now() > deadline) break;
  }
  return [...found];
}

/** The likeliest first. Each is made only when the one before it was of no use. */
function* variantsOf(original: Picture): Generator<Picture> {
  const whole = shrink(original, 4096);
  yield whole;
  const middle = shrink(whole, 1800);
  const clear = stretch(middle);
  yield clear;
  yield evenOut(middle);
  yield soften(middle);
  yield stretch(shrink(whole, 900));
  yield sharpen(clear);
  for (const degrees of [20, 45, 70]) yield turn(clear, degrees);
  yield evenOut(soften(middle));
  if (Math.max(whole.width, whole.height) < 1500) {
    const large = enlarge(clear);
    yield large;
    yield evenOut(soften(large));
    yield sharpen(soften(large));
  }
  yield evenOut(shrink(whole, 900));
  if (original !== whole) yield* partsOf(original);
}

/** Nine parts at their full size, each overlapping its neighbours by half: a small code in a huge picture. */
function* partsOf(picture: Picture): Generator<Picture> {
  for (const top of [0, 0.25, 0.5]) {
    for (const left of [0, 0.25, 0.5]) {
      yield shrink(crop(picture, left, top, left + 0.5, top + 0.5), 4096);
    }
  }
}

async function readCodes({ width, height, luma }: Picture, timeLimit: number): Promise<string[]> {
  const options = { format: 'I420', effort: Infinity, timeLimit, maxSize: { width, height } } as const;
  const [results = []] = await decodeQRBatch([{ width, height, data: luma }], options);
  return results.filter((result) => typeof result === 'string');
}
