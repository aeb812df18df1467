import { type EncodingName, encodings, type Manner } from './encodings.ts';
import type { Layout } from './layout.ts';
import { type Part, partLength } from './template.ts';

/** Neither this nor the length with an IV is a multiple of three or five, so that padding shows. */
const bodyLength = 22;

/**
 * A text of a layout as most programs would write it, whose parts are zeros. Undefined where the layout has stretches or bytes that
 * are the texts' own: nothing says what they would be.
 */
export function usualText({ template }: Layout): string | undefined {
  let text = '';
  for (const piece of template) {
    if (piece === 'any') return undefined;
    if ('literal' in piece) {
      text += piece.literal;
      continue;
    }
    const { encoding, parts } = piece.span;
    if (parts.some(isOwn)) return undefined;
    const length = parts.reduce((sum, part) => sum + usualLength(part), 0);
    text += encodings[encoding].write(Buffer.alloc(length), usualManner(encoding));
  }
  return text;
}

/** Whether texts of this layout may hold something beside their ciphertext that is the text's own. */
export function holdsOwn({ template }: Layout): boolean {
  return template.some((piece) => piece === 'any' || ('span' in piece && piece.span.parts.some(isOwn)));
}

function isOwn(part: Part): boolean {
  return typeof part === 'object' && 'keep' in part;
}

/** What is optional is left out. */
function usualLength(part: Part): number {
  return typeof part === 'object' && 'optional' in part ? 0 : (partLength(part) ?? bodyLength);
}

/** RFC 4648, section 6, pads base32. */
function usualManner(encoding: EncodingName): Manner {
  return encoding === 'base32' ? { padded: true } : {};
}
