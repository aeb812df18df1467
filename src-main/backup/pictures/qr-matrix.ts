import { encodeQR } from 'qr';
import type { Picture } from './picture.ts';
import { readCodes } from './zxing-reader.ts';

/** The light rim that a code needs around it, in modules (ISO/IEC 18004, 6.3.8). */
export const quietZone = 4;

/**
 * A text as a QR code: rows of modules, true for dark, with the quiet zone around them. A quarter of it may be lost to a fold
 * or a stain (level Q).
 */
export function qrMatrix(text: string): boolean[][] {
  return encodeQR(text, 'raw', { ecc: 'quartile', encoding: 'byte', border: quietZone });
}

/** Reads a code back from its own modules, as a camera would from a perfect print. */
export async function readMatrix(matrix: readonly (readonly boolean[])[]): Promise<string | undefined> {
  const scale = 4;
  const side = matrix.length * scale;
  const picture: Picture = { width: side, height: side, luma: new Uint8Array(side * side).fill(255) };
  for (const [y, row] of matrix.entries()) {
    for (const [x, dark] of row.entries()) {
      if (!dark) continue;
      for (let line = y * scale; line < (y + 1) * scale; line++) {
        picture.luma.fill(0, line * side + x * scale, line * side + (x + 1) * scale);
      }
    }
  }
  const [text] = await readCodes(picture);
  return text;
}
