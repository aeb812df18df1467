import { ageLibrary } from '#crypto/age-library';
import { textOf } from '#storage/text-encoding';
import { withoutChecks } from './line-checks.ts';

/** What every age file begins with (age-encryption.org/v1, “Header”), and the same in base64. */
const magic = 'age-encryption.org/';
const magicInBase64 = 'YWdlLWVuY3J5cHRpb24ub3JnL3Yx';

/**
 * The bytes of an age file without its armor; undefined for what is none. An armor that mail, chat or a phone maltreated (quoted,
 * indented, on one line, wrapped again, as quoted-printable, without its first or last line, in UTF-16), or that was typed with the
 * checks of a printed sheet, is put right: what opens is
 * authenticated, so that a wrong guess opens nothing.
 */
export async function dearmor(bytes: Buffer): Promise<Uint8Array | undefined> {
  if (bytes.toString('latin1', 0, magic.length) === magic) return bytes;
  const { armor } = await ageLibrary();
  try {
    return armor.decode(bytes.toString('latin1'));
  } catch {
    return repaired(withoutChecks(textOf(bytes) ?? bytes.toString('latin1')));
  }
}

/** Whether a text says that it is an age file, be it a damaged one. */
export function isArmored(bytes: Buffer): boolean {
  const text = textOf(bytes) ?? bytes.toString('latin1');
  return /BEGIN AGE/i.test(text) || squeezed(text).includes(magicInBase64);
}

function repaired(text: string): Uint8Array | undefined {
  let best: Buffer | undefined;
  for (const reading of [text, fromQuotedPrintable(text), fromEntities(text)]) {
    const letters = squeezed(reading);
    const start = letters.indexOf(magicInBase64);
    // two files in one text would be one with the other's end
    if (start < 0 || letters.includes(magicInBase64, start + 1)) continue;
    const [body = ''] = /^[A-Za-z0-9+/]*/.exec(letters.slice(start)) ?? [];
    const decoded = Buffer.from(body, 'base64');
    // a reading that is the wrong one ends at the first sign that it does not understand
    if (decoded.length > (best?.length ?? 0)) best = decoded;
  }
  return best;
}

/** Without what a line begins with where it is quoted or listed, and without blanks and what cannot be seen. */
function squeezed(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/^[ \t]*(?:(?:[>|*•][ \t]*|-[ \t]+|\d+[.:)][ \t]+))+/gm, '')
    .replace(/\\[nrt]/g, '')
    .replace(/[\s\u00ad\u200b-\u200f\u2028-\u202e\u2060\ufeff"'`,\\]/g, '');
}

/** RFC 2045, section 6.7. */
function fromQuotedPrintable(text: string): string {
  return text
    .replace(/=\r?\n/g, '')
    .replace(/=([\dA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function fromEntities(text: string): string {
  return text
    .replace(/<br\s*\/?>|<\/?(?:p|div|pre|span|blockquote)[^>]*>/gi, '\n')
    .replace(/&gt;/g, '>')
    .replace(/&nbsp;/g, ' ')
    .replace(/&#x?2b;|&#43;|&plus;/gi, '+')
    .replace(/&#x?2f;|&#47;|&sol;/gi, '/')
    .replace(/&#x?3d;|&#61;|&equals;/gi, '=');
}
