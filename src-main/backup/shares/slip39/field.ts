/** A point of a polynomial for every byte of a secret: its coordinate is public, its values are not. */
export interface Point {
  readonly x: number;
  readonly values: Uint8Array;
}

/**
 * The values at `x` of the polynomials of least degree through all points (Lagrange), a byte each over GF(2^8). The
 * coordinates have to differ, and the values to be equally many: RangeError. The caller wipes what is returned.
 */
export function interpolate(points: readonly Point[], x: number): Buffer {
  const length = points[0]?.values.length ?? 0;
  if (new Set(points.map((point) => point.x)).size !== points.length) {
    throw new RangeError('two points have the same coordinate');
  }
  if (points.some(({ values }) => values.length !== length)) {
    throw new RangeError('points have different numbers of values');
  }
  const result = Buffer.alloc(length);
  for (const { x: own, values } of points) {
    let basis = 1;
    for (const { x: other } of points) {
      if (other !== own) basis = multiply(basis, multiply(x ^ other, invert(own ^ other)));
    }
    for (let i = 0; i < length; i++) {
      result[i] = (result[i] as number) ^ multiply(values[i] as number, basis);
    }
  }
  return result;
}

/**
 * Product in GF(2^8) modulo x^8 + x^4 + x^3 + x + 1. Without branches and tables, so that neither time nor cache depends on
 * the bytes of a secret.
 */
export function multiply(a: number, b: number): number {
  let product = 0;
  for (let bit = 0; bit < 8; bit++) {
    product ^= a & -((b >> bit) & 1);
    a = ((a << 1) ^ (0x11b & -(a >> 7))) & 0xff;
  }
  return product;
}

/** The inverse: a^254, since a^255 is 1 for all but 0, which gives 0. */
export function invert(a: number): number {
  let power = a;
  for (let i = 0; i < 6; i++) power = multiply(multiply(power, power), a);
  return multiply(power, power);
}
