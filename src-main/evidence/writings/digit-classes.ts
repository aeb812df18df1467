/** Sets of the characters that bytes are written in, as bits of `classOf[byte]`. 0: no digit of any encoding. */
export const digit = 1;
/** What may be within a run and stand for a digit: the `\` of `\/`, the `%` of `%2B`. */
export const escapeSign = 2;
export const notHex = 4;
export const upperOrNumber = 8;
/** `-` and `_`, of base64url alone. */
const urlSign = 16;
export const notUpperBase32 = 32;
export const notLowerBase32 = 64;

export const classOf = classes();
/** Value of a base64 or base64url digit (RFC 4648, 4 and 5), or 255. */
export const base64Value = values('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/', '-_');
/** Value of a hexadecimal digit of either case, or 255. */
export const hexValue = values('0123456789abcdef', '', '0123456789ABCDEF');
/** Value of a base32 digit of either case (RFC 4648, 6), or 255. */
export const base32Value = values('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', '', 'abcdefghijklmnopqrstuvwxyz234567');

function classes(): Uint8Array {
  const table = new Uint8Array(256);
  for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_') {
    table[character.charCodeAt(0)] =
      digit |
      (/[0-9A-Fa-f]/.test(character) ? 0 : notHex) |
      (/[A-Z0-9]/.test(character) ? upperOrNumber : 0) |
      (/[-_]/.test(character) ? urlSign : 0) |
      (/[A-Z2-7]/.test(character) ? 0 : notUpperBase32) |
      (/[a-z2-7]/.test(character) ? 0 : notLowerBase32);
  }
  for (const character of '\\%') table[character.charCodeAt(0)] = digit | escapeSign;
  return table;
}

/** `last` stands for the last values too, `other` for the same as `alphabet`. */
function values(alphabet: string, last: string, other = ''): Uint8Array {
  const table = new Uint8Array(256).fill(255);
  for (const [value, byte] of Buffer.from(alphabet).entries()) table[byte] = value;
  for (const [value, byte] of Buffer.from(other).entries()) table[byte] = value;
  const first = alphabet.length - last.length;
  for (const [i, byte] of Buffer.from(last).entries()) table[byte] = first + i;
  return table;
}
