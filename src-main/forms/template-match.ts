import type { EncodingName } from './encodings.ts';
import { partLength, type Span, type Template } from './template.ts';

/** Where a span stands in a text. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Finds the spans of a template in a text, in its order; undefined where the text is not written so, or could be read in two ways. */
export type Matcher = (text: string) => readonly Range[] | undefined;

/** Compiles a template once for many texts. */
export function matcherOf(template: Template): Matcher {
  const [only] = template;
  if (template.length === 1 && typeof only === 'object' && 'span' in only) {
    return (text) => [{ from: 0, to: text.length }];
  }
  const opensAnywhere = template[0] === 'any';
  const inner = opensAnywhere ? template.slice(1) : template;
  const source = inner.map(pieceSource).join('');
  if (!opensAnywhere) {
    const whole = new RegExp(`^${source}$`, 'd');
    return (text) => rangesOf(whole.exec(text));
  }
  const closed = inner.at(-1) === 'any' ? source.slice(0, -anySource.length) : `${source}$`;
  const anywhere = new RegExp(closed, 'dg');
  return (text) => {
    anywhere.lastIndex = 0;
    const first = anywhere.exec(text);
    // a text that can be read in two ways is not read
    return anywhere.exec(text) ? undefined : rangesOf(first);
  };
}

const anySource = '[^]*?';

function pieceSource(piece: Template[number]): string {
  if (piece === 'any') return anySource;
  if ('literal' in piece) return piece.literal.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
  return `(${spanSource(piece.span)})`;
}

/** Digits of an encoding, and how many stand for so many bytes. */
const digits: Record<EncodingName, { readonly digits: string; readonly tail: string; of(bytes: number): number }> = {
  base64: { digits: '[A-Za-z0-9+/]', tail: '={0,2}', of: (bytes) => Math.ceil((bytes * 4) / 3) },
  base64url: { digits: '[A-Za-z0-9_-]', tail: '={0,2}', of: (bytes) => Math.ceil((bytes * 4) / 3) },
  hex: { digits: '[\\da-fA-F]', tail: '', of: (bytes) => bytes * 2 },
  base32: { digits: '[A-Za-z2-7]', tail: '={0,6}', of: (bytes) => Math.ceil((bytes * 8) / 5) },
  uuid: { digits: '[\\da-fA-F-]', tail: '', of: () => 36 },
  raw: { digits: '[^]', tail: '', of: (bytes) => bytes },
};

function spanSource({ encoding, parts }: Span): string {
  const { digits: digit, tail, of } = digits[encoding];
  const lengths = parts.map(partLength);
  const isFixed = lengths.every((length) => length !== undefined) && !parts.some(isOptional);
  if (isFixed) return `${digit}{${of(lengths.reduce<number>((sum, length) => sum + (length as number), 0))}}${tail}`;
  // base64 may be wrapped in lines
  return encoding === 'base64' ? `(?:${digit}|\\r?\\n(?=[A-Za-z0-9+/=]|$))*${tail}(?:\\r?\\n)?` : `${digit}*${tail}`;
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
