/** Between two numbers or groups; what is longer ends them. */
export const longestGap = 32;

/** A hash of what is between two numbers or groups of digits, white space aside; -1 where that is too long. */
export function gapBetween(text: Uint8Array, from: number, to: number): number {
  if (to - from > longestGap) return -1;
  let hash = 1;
  for (let i = from; i < to; i++) {
    const byte = text[i] as number;
    if (byte > 0x20) hash = (Math.imul(hash, 31) + byte) & 0x3fffffff;
  }
  return hash;
}
