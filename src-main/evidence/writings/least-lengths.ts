/*
 * How much there has to be of a writing before it is read. The signs of writings (`writing-signs.ts`) and their readers go by the same
 * lengths: a sign that asks for more would hide what its reader knows.
 */

/** Digits in groups: 16 bytes, an IV, in hexadecimal digits. */
export const fewestHexDigits = 32;
/** The same in base64. */
export const fewestDigits = 22;
/** Shorter groups of base64 digits are words. */
export const shortestGroup = 4;
/** One line of this much and a shorter one are digits in groups too. */
export const longLine = 22;

/** What 16 bytes take at the very least as a list of numbers, but for a chance below 2⁻⁶⁴. */
export const fewestInList = 28;
/** Digits of the largest word of 64 bits. */
export const longestNumber = 20;

/** Digits of base58. */
export const shortestBase58 = 24;
/** Digits of base85, or of other alphabets of base32. */
export const shortestBase85 = 40;

/** Characters beyond ASCII in UTF-8 that each stand for a byte: of noise, half are. */
export const fewestBeyond = 8;
