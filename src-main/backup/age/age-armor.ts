import { ageLibrary } from '#crypto/age-library';
import { textOf } from '#storage/text-encoding';
import { withoutChecks } from './line-checks.ts';

/** What every age file begins with (age-encryption.org/v1, “Header”), and the same in base64. */
const magic = 'age-encryption.org/';
const magicInBase64 = 'YWdlLWVuY3J5cHRpb24ub3JnL3Yx';

/** Readings of one text that are tried; each may take a second of scrypt. */
const mostReadings = 6;

/** The bytes of an age file without its armor, in the likeliest reading; undefined for what is none. */
export async function dearmor(bytes: Buffer): Promise<Uint8Array | undefined> {
  return (await readingsOfArmor(bytes))[0];
}

/**
 * What an age file may be without its armor, the likeliest first; empty for what is none, and for two files in one text. An armor that
 * mail, chat, an editor or a phone maltreated (quoted, numbered, indented, on one line, wrapped anew, as quoted-printable or in a URL, in
 * base64 once more, without its first or last line, with blanks for its signs, in UTF-16), or that was typed with the checks of a printed
 * sheet, is put right: what opens is authenticated, so that a wrong guess opens nothing.
 */
export async function readingsOfArmor(bytes: Buffer): Promise<Uint8Array[]> {
  if (bytes.toString('latin1', 0, magic.length) === magic) return [bytes];
  const { armor } = await ageLibrary();
  try {
    return [armor.decode(bytes.toString('latin1'))];
  } catch {
    return repaired(withoutChecks(textOf(bytes) ?? bytes.toString('latin1')));
  }
}

/** Whether a text says that it is an age file, be it a damaged one. */
export function isArmored(bytes: Buffer): boolean {
  const text = textOf(bytes) ?? bytes.toString('latin1');
  return (
    /BEGIN(?:\s|%20|\+)+AGE/i.test(text) ||
    repaired(text).length > 0 ||
    squeezed(text).includes(magicInBase64)
  );
}

function repaired(text: string): Uint8Array[] {
  const whole = [text, fromQuotedPrintable(text), fromEntities(text), fromPercent(text), ...fromBase64(text)];
  const readings = [...new Set(whole)].flatMap((one) => [
    one,
    withoutLineStarts(one),
    withSigns(one),
    withSigns(withoutLineStarts(one)),
    fromBase64Url(one),
  ]);
  const bodies = [...new Set(readings)].map((one) => bodyIn(squeezed(one)) ?? '');
  // a reading that is the wrong one ends at the first sign that it does not understand
  const decoded = [...new Set(bodies)]
    .filter((body) => body !== '')
    .map((body) => Buffer.from(body, 'base64'))
    .sort((one, other) => other.length - one.length);
  return decoded.slice(0, mostReadings);
}

/** The letters of the file; undefined where there is none, or where there are two that differ. Copies of one are one. */
function bodyIn(letters: string): string | undefined {
  const [, ...bodies] = letters.split(magicInBase64);
  const copies = bodies.map((body) => `${magicInBase64}${/^[A-Za-z0-9+/]*/.exec(body)?.[0] ?? ''}`);
  return new Set(copies).size === 1 ? copies[0] : undefined;
}

/** Lines that an editor, `cat -n`, a chat or a diff put something before: numbers, the name of who spoke, a sign. */
function withoutLineStarts(text: string): string {
  const lines = text.split(/\r?\n/);
  const isDiff = lines.every((line) => /^(?:[+]|@@|diff |index |\s*$)/.test(line));
  return lines
    .map((line) => (isDiff ? line.replace(/^\+{1,3}/, '') : line))
    .map((line) => line.replace(/^\s*(?:\d+\s*[:|.)\t ]\s*|\[?[^\s>\]]{1,30}\]?>\s*)+/, ''))
    .join('\n');
}

/** A form of a page turns each plus into a blank, and a blank at the end of a line is easily lost. */
function withSigns(text: string): string {
  const lines = text.split(/\r?\n/);
  const width = Math.max(...lines.filter((line) => /^[\w/+ ]+=*$/.test(line)).map(({ length }) => length));
  return lines
    .map((line, at) => {
      const isBody = /^[A-Za-z0-9/+ ]+$/.test(line) && !/BEGIN|END AGE/.test(line);
      const next = lines[at + 1] ?? '';
      const isInside = isBody && /^[A-Za-z0-9/+ ]+=*$/.test(next);
      return isBody
        ? (isInside ? line.padEnd(width) : line).replaceAll(' ', '+')
        : line.replace(/(?<=^[A-Za-z0-9/+]+) (?=[A-Za-z0-9/+ ]*=*$)/g, '+');
    })
    .join('\n');
}

/** The text itself in base64, as a secret store or a mail may have it. */
function fromBase64(text: string): string[] {
  const letters = text.replace(/\s/g, '');
  if (!/^[\w+/-]+={0,2}$/.test(letters)) return [];
  const bytes = Buffer.from(letters, 'base64');
  const inner = bytes.toString('latin1');
  // it may be the key itself
  bytes.fill(0);
  return /BEGIN AGE/.test(inner) || inner.includes(magicInBase64) ? [inner] : [];
}

/** The other alphabet of base64, whose minus is also what the first and the last line are made of. */
function fromBase64Url(text: string): string {
  return text
    .replace(/-+\s*(?:BEGIN|END) AGE ENCRYPTED FILE\s*-+/gi, '\n')
    .replaceAll('-', '+')
    .replaceAll('_', '/');
}

function fromPercent(text: string): string {
  return text.replace(/%([\dA-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
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
