import type { Picture } from './picture.ts';

/** A picture of at most `longest` pixels a side, each the mean of those that it stands for. */
export function shrink(picture: Picture, longest: number): Picture {
  const { width, height, luma } = picture;
  const factor = Math.max(width, height) / longest;
  if (factor <= 1) return picture;
  return paint(Math.max(1, Math.floor(width / factor)), Math.max(1, Math.floor(height / factor)), (x, y) => {
    const [left, top] = [Math.floor(x * factor), Math.floor(y * factor)];
    const right = Math.min(width, Math.max(left + 1, Math.floor((x + 1) * factor)));
    const bottom = Math.min(height, Math.max(top + 1, Math.floor((y + 1) * factor)));
    let sum = 0;
    for (let row = top; row < bottom; row++) {
      for (let at = row * width + left; at < row * width + right; at++) sum += luma[at] as number;
    }
    return sum / ((right - left) * (bottom - top));
  });
}

/** Twice as many pixels a side, between which it is drawn smoothly. */
export function enlarge(picture: Picture): Picture {
  return paint(picture.width * 2, picture.height * 2, (x, y) => sample(picture, x / 2 - 0.25, y / 2 - 0.25));
}

/** Turned about its middle, on white. */
export function turn(picture: Picture, degrees: number): Picture {
  const { width, height } = picture;
  const angle = (degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const across = Math.ceil(width * Math.abs(cos) + height * Math.abs(sin));
  const down = Math.ceil(width * Math.abs(sin) + height * Math.abs(cos));
  return paint(across, down, (x, y) => {
    const [dx, dy] = [x - (across - 1) / 2, y - (down - 1) / 2];
    return sample(picture, dx * cos + dy * sin + (width - 1) / 2, dy * cos - dx * sin + (height - 1) / 2);
  });
}

/** The contrast of the middle 96 hundredths of its pixels drawn out over the whole scale. */
export function stretch(picture: Picture): Picture {
  const { width, luma } = picture;
  const counts = new Uint32Array(256);
  for (const value of luma) counts[value] = (counts[value] as number) + 1;
  const below = (share: number) => {
    let sum = 0;
    return counts.findIndex((count) => (sum += count) > share * luma.length);
  };
  const [dark, light] = [below(0.02), below(0.98)];
  if (light <= dark) return picture;
  return paint(width, picture.height, (x, y) => {
    const value = luma[y * width + x] as number;
    return ((value - dark) * 255) / (light - dark);
  });
}

/**
 * Black or white: each pixel against the mean of its surroundings, so that shadow and glare do not count. They reach as far as
 * `part` of the shorter side.
 */
export function evenOut(picture: Picture, part: number): Picture {
  const { width, height, luma } = picture;
  const reach = Math.max(8, Math.round(Math.min(width, height) * part));
  const sums = summed(picture);
  return paint(width, height, (x, y) =>
    (luma[y * width + x] as number) * 1.02 < meanAround(sums, picture, x, y, reach) ? 0 : 255,
  );
}

/** Each pixel the mean of nine: takes out noise and what a halftone printer leaves. */
export function soften(picture: Picture): Picture {
  const sums = summed(picture);
  return paint(picture.width, picture.height, (x, y) => meanAround(sums, picture, x, y, 1));
}

/**
 * Without the curves that a lens gives to straight lines: a point moves away from the middle by `strength` times the cube of its
 * distance, in halves of the shorter side. Positive where corners were drawn out, negative where they were drawn in.
 */
export function unbend(picture: Picture, strength: number): Picture {
  const { width, height } = picture;
  const half = Math.min(width, height) / 2;
  const [middleX, middleY] = [(width - 1) / 2, (height - 1) / 2];
  return paint(width, height, (x, y) => {
    const [dx, dy] = [x - middleX, y - middleY];
    const bent = 1 + (strength * (dx * dx + dy * dy)) / (half * half);
    return sample(picture, middleX + dx * bent, middleY + dy * bent);
  });
}

/** What is between two points of the picture, given in parts of its sides. */
export function crop(picture: Picture, left: number, top: number, right: number, bottom: number): Picture {
  const [x0, y0] = [Math.floor(left * picture.width), Math.floor(top * picture.height)];
  const [x1, y1] = [Math.ceil(right * picture.width), Math.ceil(bottom * picture.height)];
  const luma = new Uint8Array((x1 - x0) * (y1 - y0));
  for (let y = y0; y < y1; y++) {
    luma.set(picture.luma.subarray(y * picture.width + x0, y * picture.width + x1), (y - y0) * (x1 - x0));
  }
  return { width: x1 - x0, height: y1 - y0, luma };
}

function paint(width: number, height: number, shade: (x: number, y: number) => number): Picture {
  // clamped and rounded by the array
  const luma = new Uint8ClampedArray(width * height);
  for (let y = 0, at = 0; y < height; y++) for (let x = 0; x < width; x++, at++) luma[at] = shade(x, y);
  return { width, height, luma: new Uint8Array(luma.buffer) };
}

/** The shade between four pixels; white beyond the edges. */
function sample({ width, height, luma }: Picture, x: number, y: number): number {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  if (left < -1 || top < -1 || left >= width || top >= height) return 255;
  const [fx, fy] = [x - left, y - top];
  const pixel = (column: number, row: number) =>
    column < 0 || row < 0 || column >= width || row >= height ? 255 : (luma[row * width + column] as number);
  const upper = pixel(left, top) * (1 - fx) + pixel(left + 1, top) * fx;
  const lower = pixel(left, top + 1) * (1 - fx) + pixel(left + 1, top + 1) * fx;
  return upper * (1 - fy) + lower * fy;
}

/** The mean of a square about a pixel, as far as it is in the picture. */
function meanAround(
  sums: Uint32Array,
  { width, height }: Picture,
  x: number,
  y: number,
  reach: number,
): number {
  const stride = width + 1;
  const [left, top] = [Math.max(0, x - reach), Math.max(0, y - reach)];
  const [right, bottom] = [Math.min(width, x + reach + 1), Math.min(height, y + reach + 1)];
  const sum =
    (sums[bottom * stride + right] as number) -
    (sums[bottom * stride + left] as number) -
    (sums[top * stride + right] as number) +
    (sums[top * stride + left] as number);
  return sum / ((right - left) * (bottom - top));
}

/** The sum of everything above and left of each pixel, with an empty row and column before them. */
function summed({ width, height, luma }: Picture): Uint32Array {
  const stride = width + 1;
  const sums = new Uint32Array(stride * (height + 1));
  for (let y = 0; y < height; y++) {
    let row = 0;
    for (let x = 0; x < width; x++) {
      row += luma[y * width + x] as number;
      sums[(y + 1) * stride + x + 1] = (sums[y * stride + x + 1] as number) + row;
    }
  }
  return sums;
}
