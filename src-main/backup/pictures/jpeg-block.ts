/** Where the n-th coefficient of a block stands (ITU-T T.81, figure A.6). */
const zigzag = Uint8Array.from([
  0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7,
  14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46,
  53, 60, 61, 54, 47, 55, 62, 63,
]);

/** The eight waves of the cosine transform, at eight places each (T.81, A.3.3). */
const waves = Float64Array.from({ length: 64 }, (_, i) => {
  const [u, x] = [i >> 3, i & 7];
  return ((u === 0 ? Math.SQRT1_2 : 1) / 2) * Math.cos(((2 * x + 1) * u * Math.PI) / 16);
});

const half = new Float64Array(64);

/**
 * Turns the 64 coefficients from `at` on, in zigzag order, into pixels at a block's place; what stands over the picture's edge
 * is left out.
 */
export function placeBlock(
  coefficients: Int16Array,
  at: number,
  quantisation: Uint16Array,
  picture: { readonly width: number; readonly height: number; readonly luma: Uint8Array },
  left: number,
  top: number,
): void {
  const { width, height, luma } = picture;
  const columns = Math.min(8, width - left);
  const rows = Math.min(8, height - top);
  if (columns <= 0 || rows <= 0) return;
  let last = 63;
  while (last > 0 && coefficients[at + last] === 0) last--;
  if (last === 0) {
    const grey = clamp(((coefficients[at] as number) * (quantisation[0] as number)) / 8 + 128);
    for (let y = 0; y < rows; y++)
      luma.fill(grey, (top + y) * width + left, (top + y) * width + left + columns);
    return;
  }
  half.fill(0);
  for (let i = 0; i <= last; i++) {
    const coefficient = coefficients[at + i] as number;
    if (coefficient === 0) continue;
    const value = coefficient * (quantisation[i] as number);
    const place = zigzag[i] as number;
    const row = place & 0b111000;
    const wave = (place & 7) << 3;
    for (let x = 0; x < 8; x++)
      half[row + x] = (half[row + x] as number) + value * (waves[wave + x] as number);
  }
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      let sum = 128;
      for (let v = 0; v < 8; v++) sum += (half[(v << 3) + x] as number) * (waves[(v << 3) + y] as number);
      luma[(top + y) * width + left + x] = clamp(sum);
    }
  }
}

function clamp(value: number): number {
  return value < 0 ? 0 : value > 255 ? 255 : Math.round(value);
}
