import { isUtf8 } from 'node:buffer';
import { fewestBeyond } from '#evidence/writings/least-lengths';

/*
 * Texts in which a character stands for a byte: a "binary string", each byte written as the character of its number (ISO 8859-1, or what Windows 1252 has
 * there), in UTF-8; and the other way round, ASCII in two bytes a character (UTF-16) among raw bytes.
 */

/** What Windows 1252 has at 0x80 … 0x9f. */
const windows1252 = new Map(
  Array.from(
    { length: 32 },
    (_, i) =>
      [new TextDecoder('windows-1252').decode(Uint8Array.of(0x80 + i)).codePointAt(0), 0x80 + i] as const,
  ),
);

/** The bytes that the characters of UTF-8 in `text[start … end)` stand for; undefined where they hardly stand for any. */
export function bytesOfCharacters(text: Uint8Array, start: number, end: number): Uint8Array | undefined {
  let beyond = 0;
  for (let i = start; i < end; i++) if ((text[i] as number) >= 0xc2 && ++beyond >= fewestBeyond) break;
  if (beyond < fewestBeyond || !isUtf8(text.subarray(start, end))) return undefined;
  const bytes = new Uint8Array(end - start);
  let length = 0;
  const written = Buffer.from(text.buffer, text.byteOffset + start, end - start).toString('utf8');
  for (const character of written) {
    const code = character.codePointAt(0) as number;
    const byte = code < 0x100 ? code : windows1252.get(code);
    // what stands for no byte ends a value
    bytes[length++] = byte ?? 0x20;
  }
  return bytes.subarray(0, length);
}

const shortestWide = 2 * 24;

/** ASCII that is written in two bytes a character somewhere in `bytes[start … end)`, as one text. */
export function narrowed(bytes: Uint8Array, start: number, end: number): Uint8Array | undefined {
  const narrow = new Uint8Array(((end - start) >> 1) + 1);
  let length = 0;
  for (let first = start; first + shortestWide <= end; ) {
    let at = first;
    while (at + 1 < end && isWide(bytes[at] as number, bytes[at + 1] as number)) at += 2;
    if (at - first >= shortestWide) {
      for (let i = first; i < at; i += 2) narrow[length++] = (bytes[i] as number) | (bytes[i + 1] as number);
      narrow[length++] = 0x20;
    }
    first = Math.max(at, first + 1);
  }
  return length > 0 ? narrow.subarray(0, length) : undefined;
}

function isWide(first: number, second: number): boolean {
  return (first === 0) !== (second === 0) && (first | second) < 0x7f;
}
