import { formatCount } from '#shared/counted';

/** A grey picture: a byte a pixel from black to white, row by row. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly luma: Uint8Array;
}

/** More than any phone or scanner needs for a sheet of paper: A4 at 600 dpi has 35 million. */
const maxPixels = 64_000_000;

/** A picture that cannot be read. The message is a fragment about the file, like `it is cut off`. */
export class PictureFault extends Error {
  override readonly name = 'PictureFault';
  readonly remedy: string;

  constructor(message: string, remedy = 'take the photo or scan again') {
    super(message);
    this.remedy = remedy;
  }
}

/** A picture whose pixels are not all there. */
export const pixelsCutOff = () => new PictureFault('it is cut off or damaged: its pixels end early');

/** Throws a `PictureFault` for dimensions that are none, or that would take too much memory. */
export function assertSize(width: number, height: number, max = maxPixels): void {
  if (width < 1 || height < 1) throw new PictureFault('it has no pixels');
  if (width * height <= max) return;
  const millions = (pixels: number) => `${formatCount(Math.floor(pixels / 1_000_000))} megapixels`;
  throw new PictureFault(
    `it is ${width} × ${height} pixels: more than ${millions(max)}`,
    'crop the image to the code, or reduce its size',
  );
}

/** ITU-R BT.601, in thousandths. */
export function lumaOf(red: number, green: number, blue: number): number {
  return (red * 299 + green * 587 + blue * 114 + 500) / 1000;
}
