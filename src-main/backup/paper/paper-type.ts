/** Sheets that the kit is laid out for, in points. */
export const paperSizes = {
  a4: { name: 'A4', width: 595.28, height: 841.89 },
  letter: { name: 'Letter', width: 612, height: 792 },
} as const;
export type PaperSize = keyof typeof paperSizes;

/** The standard fonts of PDF: every viewer and printer has them, and they need no file. */
export const fonts = {
  text: 'Helvetica',
  strong: 'Helvetica-Bold',
  mono: 'Courier',
  monoStrong: 'Courier-Bold',
} as const;

/** Dark enough for a printer that is low on toner. */
export const inks = {
  text: '#15191e',
  quiet: '#505a66',
  rule: '#c9d0d6',
  tint: '#f2f5f6',
  accent: '#0b6e72',
} as const;

export const margin = 54;

/** Letters of Windows-1252 beyond Latin-1, which the standard fonts are encoded in (PDF 32000-1, annex D). */
const beyondLatin1 = '€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ';

/**
 * A name as it can be printed. What the fonts have no letter for stands as its Unicode number, like `[U+751F]`: longer, but
 * the same name, and never a blank or a wrong letter.
 */
export function printable(text: string): string {
  const onOneLine = text.normalize('NFC').replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
  return onOneLine.replace(/./gu, (letter) => (hasGlyph(letter) ? letter : `[U+${hexOf(letter)}]`)).trim();
}

function hexOf(letter: string): string {
  return (letter.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0');
}

/** Whether a name holds letters that `printable` has to give as numbers. */
export function needsNumbers(text: string): boolean {
  return printable(text).includes('[U+') && !text.includes('[U+');
}

function hasGlyph(letter: string): boolean {
  const code = letter.codePointAt(0) as number;
  // a soft hyphen is shown at the end of a line only
  return (
    (code >= 0x20 && code < 0x7f) ||
    (code >= 0xa0 && code <= 0xff && code !== 0xad) ||
    beyondLatin1.includes(letter)
  );
}

/** `25 November 2026`, in UTC. */
export function printedDate(date: Date): string {
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' }).format(date);
}
