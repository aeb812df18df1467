import { KeelError } from '#errors/keel-error';
import { type EncodingName, encodings } from './encodings.ts';

/**
 * What stands at a place of the decoded bytes of a span: a role in the ciphertext, so many bytes that are kept as they are
 * (a version, a key's id), or bytes that some values have there and others do not.
 */
export type Part = 'iv' | 'body' | 'salt' | { readonly keep: number } | { readonly optional: string };

/** A run of text that decodes. Its parts stand in this order; at most one of them is the body. */
export interface Span {
  readonly encoding: EncodingName;
  readonly parts: readonly Part[];
}

export type Piece = { readonly literal: string } | { readonly span: Span } | 'any';

/**
 * How a text is written around its spans: literal text, spans, and stretches that may be anything. Texts are Latin-1, one
 * character a byte, so that nothing is lost by reading and writing them.
 */
export type Template = readonly Piece[];

/** Lengths of the parts with a fixed length, in bytes. */
const partLengths = { iv: 16, salt: 8 } as const;

/** Bytes of a part, or undefined for the body. */
export function partLength(part: Part): number | undefined {
  if (typeof part === 'object') return 'keep' in part ? part.keep : part.optional.length;
  return part === 'body' ? undefined : partLengths[part];
}

export function spansOf(template: Template): Span[] {
  return template.flatMap((piece) => (typeof piece === 'object' && 'span' in piece ? [piece.span] : []));
}

/** Whether the template has a place for this part. */
export function holds(template: Template, part: 'iv' | 'body' | 'salt'): boolean {
  return spansOf(template).some(({ parts }) => parts.includes(part));
}

/**
 * The text form: `ENC${iv hex}:{body base64}`, with `{*}` for anything, `{4+iv+body base64}` for four kept bytes, and braces
 * of the text itself doubled.
 */
export function formatTemplate(template: Template): string {
  return template
    .map((piece) => {
      if (piece === 'any') return '{*}';
      if ('literal' in piece) return utf8(piece.literal).replace(/[{}]/g, '$&$&');
      return `{${piece.span.parts.map(formatPart).join('+')} ${piece.span.encoding}}`;
    })
    .join('');
}

function formatPart(part: Part): string {
  if (typeof part === 'string') return part;
  return 'keep' in part ? String(part.keep) : `[${Buffer.from(part.optional, 'latin1').toString('hex')}]`;
}

/** Reads the text form. Throws `layout-unknown` naming what is not understood. */
export function parseTemplate(text: string): Template {
  const pieces: Piece[] = [];
  let literal = '';
  const flush = () => {
    if (literal !== '') pieces.push({ literal: latin1(literal) });
    literal = '';
  };
  for (const [token] of text.matchAll(/\{\{|\}\}|\{[^{}]*\}|[{}]|[^{}]+/g)) {
    if (token === '{{' || token === '}}') literal += token[0];
    else if (token === '{*}') {
      flush();
      pieces.push('any');
    } else if (token.length > 1 && token.startsWith('{')) {
      flush();
      pieces.push({ span: parseSpan(token) });
    } else if (token === '{' || token === '}') throw unknown(token);
    else literal += token;
  }
  flush();
  return pieces;
}

function parseSpan(token: string): Span {
  const match = /^\{([\w+[\]]+) (\w+)\}$/.exec(token);
  const encoding = match?.[2] ?? '';
  if (!match || !Object.hasOwn(encodings, encoding)) throw unknown(token);
  const parts = (match[1] as string).split('+').map((word): Part => {
    if (word === 'iv' || word === 'body' || word === 'salt') return word;
    if (/^[1-9]\d{0,3}$/.test(word)) return { keep: Number(word) };
    const optional = /^\[((?:[\da-f]{2})+)\]$/.exec(word)?.[1];
    if (optional) return { optional: Buffer.from(optional, 'hex').toString('latin1') };
    throw unknown(token);
  });
  const named = parts.filter((part) => typeof part === 'string');
  if (new Set(named).size < named.length) throw unknown(token);
  return { encoding: encoding as EncodingName, parts };
}

function unknown(what: string): KeelError {
  return new KeelError(
    'layout-unknown',
    `\`${what}\` in a layout is not understood`,
    'write a span like `{iv+body base64}`, anything as `{*}`, and a brace of the text itself twice',
  );
}

/** UTF-8 text as one character a byte, and back. */
export function latin1(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

function utf8(text: string): string {
  return Buffer.from(text, 'latin1').toString('utf8');
}
