import { KeelError } from '#errors/keel-error';
import { type EncodingName, encodings } from './encodings.ts';

/** Parts of a ciphertext whose length other applications than Ballast choose for themselves. `id`: of the key, and written again with it. */
export const sizedRoles = ['iv', 'salt', 'tag', 'id'] as const;
export type SizedRole = (typeof sizedRoles)[number];

/**
 * What is at a place of the decoded bytes of a span: a role in the ciphertext, so many bytes that are kept as they are
 * (a version, a time stamp), bytes that some values have there and others do not, or bytes that all have.
 */
export type Part =
  | 'iv'
  | 'body'
  | 'salt'
  | { readonly role: SizedRole; readonly length: number }
  | { readonly keep: number }
  | { readonly optional: string }
  | { readonly constant: string };

/** A run of text that decodes. Its parts are in this order; at most one of them is the body. */
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
  if (typeof part === 'string') return part === 'body' ? undefined : partLengths[part];
  if ('role' in part) return part.length;
  if ('keep' in part) return part.keep;
  return ('constant' in part ? part.constant : part.optional).length;
}

/** What a part is of the ciphertext; undefined for what is only there. */
export function roleOf(part: Part): 'body' | SizedRole | undefined {
  if (typeof part === 'string') return part;
  return 'role' in part ? part.role : undefined;
}

export function spansOf(template: Template): Span[] {
  return template.flatMap((piece) => (typeof piece === 'object' && 'span' in piece ? [piece.span] : []));
}

/** Whether the template has a place for this part. */
export function holds(template: Template, part: 'iv' | 'body' | 'salt'): boolean {
  return spansOf(template).some(({ parts }) => parts.some((one) => roleOf(one) === part));
}

/**
 * The text form: `ENC${iv hex}:{body base64}`, with `{*}` for anything, `{4+iv+body base64}` for four kept bytes,
 * `{iv12+body+tag16 hex}` for parts of another length, `{[01]!+iv+body raw}` for a byte that all have, braces of the text itself
 * doubled, and `{[ff00]}` for bytes of it that are no UTF-8.
 */
export function formatTemplate(template: Template): string {
  return template
    .map((piece) => {
      if (piece === 'any') return '{*}';
      if ('literal' in piece) return formatLiteral(piece.literal);
      return `{${piece.span.parts.map(formatPart).join('+')} ${piece.span.encoding}}`;
    })
    .join('');
}

/** Well-formed UTF-8 of more than one byte, or a byte of something else (Unicode 16, table 3-7). */
const characters =
  /[\xc2-\xdf][\x80-\xbf]|(?:\xe0[\xa0-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]|\xed[\x80-\x9f])[\x80-\xbf]|(?:\xf0[\x90-\xbf]|[\xf1-\xf3][\x80-\xbf]|\xf4[\x80-\x8f])[\x80-\xbf]{2}|[\x80-\xff]/g;

function formatLiteral(literal: string): string {
  return literal
    .replace(/[{}]/g, '$&$&')
    .replace(characters, (one) =>
      one.length > 1 ? Buffer.from(one, 'latin1').toString('utf8') : `{${hexOf(one)}}`,
    );
}

function formatPart(part: Part): string {
  if (typeof part === 'string') return part;
  if ('role' in part) return `${part.role}${part.length}`;
  if ('constant' in part) return `${hexOf(part.constant)}!`;
  return 'keep' in part ? String(part.keep) : hexOf(part.optional);
}

/** Bytes as `[00ff]`. */
function hexOf(bytes: string): string {
  return `[${Buffer.from(bytes, 'latin1').toString('hex')}]`;
}

function bytesOf(text: string): string | undefined {
  const hex = /^\[((?:[\da-f]{2})+)\]$/.exec(text)?.[1];
  return hex && Buffer.from(hex, 'hex').toString('latin1');
}

/** Reads the text form. Throws `layout-unknown` naming what is not understood. */
export function parseTemplate(text: string): Template {
  const pieces: Piece[] = [];
  let literal = '';
  const flush = () => {
    if (literal !== '') pieces.push({ literal });
    literal = '';
  };
  for (const [token] of text.matchAll(/\{\{|\}\}|\{[^{}]*\}|[{}]|[^{}]+/g)) {
    if (token === '{{' || token === '}}') literal += token[0];
    else if (token.startsWith('{[') && token.endsWith(']}')) literal += bytesIn(token);
    else if (token === '{*}') {
      flush();
      pieces.push('any');
    } else if (token.length > 1 && token.startsWith('{')) {
      flush();
      pieces.push({ span: parseSpan(token) });
    } else if (token === '{' || token === '}') throw unknown(token);
    else literal += latin1(token);
  }
  flush();
  const roles = spansOf(pieces).flatMap((span) => span.parts.flatMap((part) => roleOf(part) ?? []));
  const repeated = roles.find((role, i) => roles.indexOf(role) < i);
  if (repeated) throw unknown(repeated, 'appears twice');
  return pieces;
}

function bytesIn(token: string): string {
  const bytes = bytesOf(token.slice(1, -1));
  if (bytes === undefined) throw unknown(token);
  return bytes;
}

function parseSpan(token: string): Span {
  const match = /^\{([\w+[\]!]+) (\w+)\}$/.exec(token);
  const encoding = match?.[2] ?? '';
  if (!match || !Object.hasOwn(encodings, encoding)) throw unknown(token);
  const parts = (match[1] as string).split('+').map((word, place): Part => {
    if (word === 'iv' || word === 'body' || word === 'salt') return word;
    if (/^[1-9]\d{0,3}$/.test(word)) return { keep: Number(word) };
    const sized = sizedPart(word);
    if (sized) return sized;
    const constant = word.endsWith('!') ? bytesOf(word.slice(0, -1)) : undefined;
    if (constant !== undefined) return { constant };
    const optional = bytesOf(word);
    if (optional !== undefined && place === 0) return { optional };
    throw unknown(token);
  });
  return { encoding: encoding as EncodingName, parts };
}

/** Like `iv12`; the usual lengths go without a number. */
function sizedPart(word: string): Part | undefined {
  const [, name, digits] = /^([a-z]+)([1-9]\d{0,2})$/.exec(word) ?? [];
  const role = sizedRoles.find((one) => one === name);
  const length = Number(digits);
  if (!role) return undefined;
  if ((role === 'iv' || role === 'salt') && partLengths[role] === length) return role;
  return { role, length };
}

function unknown(what: string, problem = 'is not understood'): KeelError {
  return new KeelError(
    'layout-unknown',
    `\`${what}\` in the layout ${problem}`,
    'write a span as `{iv+body base64}`, any text as `{*}`, and double each literal brace',
  );
}

/** UTF-8 text as one character a byte. */
export function latin1(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
