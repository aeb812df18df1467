import type { EncodingName } from './encodings.ts';
import { partLength, type Span, type Template } from './template.ts';

/** Where a span is in a text. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Finds the spans of a template in a text, in its order; undefined where the text is not written so, or could be read in two ways. */
export type Matcher = (text: string) => readonly Range[] | undefined;

/** Compiles a template once for many texts. A span beside `{*}` takes as many digits as it can. */
export function matcherOf(template: Template): Matcher {
  const [only] = template;
  if (template.length === 1 && typeof only === 'object' && 'span' in only) {
    return (text) => [{ from: 0, to: text.length }];
  }
  const first = new RegExp(`^${sourceOf(template, forwards)}$`, 'd');
  // what can be anything can be at several places: the same expression with every preference turned round then finds another one
  const last = template.includes('any') ? new RegExp(`^${sourceOf(template, backwards)}$`, 'd') : undefined;
  return (text) => {
    const ranges = rangesOf(first.exec(text));
    return ranges && (!last || isSame(ranges, rangesOf(last.exec(text)))) ? ranges : undefined;
  };
}

/** How an expression prefers to match: `more` follows what takes as much as it can, `less` what takes as little. */
interface Preference {
  readonly more: '' | '?';
  readonly less: '' | '?';
}
const forwards: Preference = { more: '', less: '?' };
const backwards: Preference = { more: '?', less: '' };

function sourceOf(template: Template, preference: Preference): string {
  return template
    .map((piece, i) => {
      if (piece === 'any') return `[^]*${preference.less}`;
      if ('literal' in piece) return piece.literal.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
      const beside = { before: template[i - 1] === 'any', after: template[i + 1] === 'any' };
      return spanSource(piece.span, preference.more, beside);
    })
    .join('');
}

/** Digits of an encoding, what may follow them, and how many stand for so many bytes. */
const digits: Record<
  EncodingName,
  { readonly digit: string; readonly tail: number; readonly of: (bytes: number) => number }
> = {
  base64: { digit: '[A-Za-z0-9+/]', tail: 2, of: (bytes) => Math.ceil((bytes * 4) / 3) },
  base64percent: {
    digit: '(?:[A-Za-z0-9]|%2[bBfF]|%3[dD])',
    tail: 0,
    of: (bytes) => Math.ceil((bytes * 4) / 3),
  },
  base64url: { digit: '[A-Za-z0-9_-]', tail: 2, of: (bytes) => Math.ceil((bytes * 4) / 3) },
  hex: { digit: '[\\da-fA-F]', tail: 0, of: (bytes) => bytes * 2 },
  base32: { digit: '[A-Za-z2-7]', tail: 6, of: (bytes) => Math.ceil((bytes * 8) / 5) },
  uuid: { digit: '[\\da-fA-F-]', tail: 0, of: () => 36 },
  // base64 of a document, which is longer than the bytes in it
  laravel: { digit: '[A-Za-z0-9+/]', tail: 2, of: (bytes) => bytes },
  laravelgcm: { digit: '[A-Za-z0-9+/]', tail: 2, of: (bytes) => bytes },
  raw: { digit: '[^]', tail: 0, of: (bytes) => bytes },
};

/** Base64 may be wrapped in lines, of which the first is not shorter than this. */
const shortestLine = 20;

function spanSource(
  { encoding, parts }: Span,
  more: Preference['more'],
  beside: { readonly before: boolean; readonly after: boolean },
): string {
  const { digit, tail, of } = digits[encoding];
  const known = of(parts.reduce((sum, part) => sum + (isOptional(part) ? 0 : (partLength(part) ?? 0)), 0));
  const isFixed = parts.every((part) => part !== 'body' && !isOptional(part));
  const isWrapped = encoding === 'base64' && !isFixed;
  const least = isWrapped ? Math.min(known, shortestLine) : known;
  const lines = isWrapped ? `(?:\\r?\\n${digit}+${more})*${more}(?:\\r?\\n(?==))?${more}` : '';
  // `{n,}` would keep a place to come back to for each digit, and values are long
  const run = isFixed ? `${digit}{${known}}` : `${digit}{${least}}${digit}*${more}${lines}`;
  const padding = tail > 0 ? `={0,${tail}}${more}` : '';
  // a break at its end is of the text around it, where that may be anything
  const end = isWrapped && !beside.after ? `(?:\\r?\\n)?${more}` : '';
  const line = isWrapped ? '(?:\\r?\\n)?' : '';
  return [
    beside.before ? `(?<!${digit}${line})` : '',
    `(${run}${padding}${end})`,
    beside.after ? `(?!${line}${digit}${tail > 0 ? '|=' : ''})` : '',
  ].join('');
}

function isOptional(part: Span['parts'][number]): boolean {
  return typeof part === 'object' && 'optional' in part;
}

function rangesOf(match: RegExpExecArray | null): Range[] | undefined {
  return match?.indices?.slice(1).map((range) => {
    const [from, to] = range ?? [0, 0];
    return { from, to };
  });
}

function isSame(ranges: readonly Range[], others: readonly Range[] | undefined): boolean {
  return ranges.every(({ from, to }, i) => others?.[i]?.from === from && others[i]?.to === to);
}
