import fc from 'fast-check';
import { type EncodingName, encodings } from '#forms/encodings';
import { type Part, partLength, type Piece, type Span, type Template } from '#forms/template';

/** Laravel's documents have parts of lengths of their own. */
const names = (Object.keys(encodings) as EncodingName[]).filter((name) => !name.startsWith('laravel'));
const anyByte = fc.integer({ min: 0, max: 255 });
/** Bytes, one a character, with what the text form writes in a way of its own. */
const anyLiteral: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.constantFrom(...Array.from('{}[]"\'*+ \n')),
      anyByte.map((code) => String.fromCharCode(code)),
      fc.constant('\xc3\xa9'),
    ),
    {
      minLength: 1,
      maxLength: 8,
    },
  )
  .map((characters) => characters.join(''));

const kept: fc.Arbitrary<Part> = fc.integer({ min: 1, max: 9999 }).map((keep) => ({ keep }));
const optional: fc.Arbitrary<Part> = fc
  .array(anyByte, { minLength: 1, maxLength: 14 })
  .map((bytes) => ({ optional: Buffer.from(bytes).toString('latin1') }));

const constant: fc.Arbitrary<Part> = fc
  .array(anyByte, { minLength: 1, maxLength: 14 })
  .map((bytes) => ({ constant: Buffer.from(bytes).toString('latin1') }));
const tag: Part = { role: 'tag', length: 12 };
const id: Part = { role: 'id', length: 8 };

/** Parts of spans: each role once at most, in any order, and bytes that are kept between them. */
const anySpans: fc.Arbitrary<Span[]> = fc
  .tuple(
    fc.shuffledSubarray<Part>(['iv', 'body', 'salt', tag, id], { minLength: 1 }),
    fc.array(fc.oneof(kept, constant), { maxLength: 2 }),
    fc.option(optional),
    fc.array(fc.constantFrom(...names), { minLength: 5, maxLength: 5 }),
    fc.nat(2),
  )
  .map(([roles, kept, optional, encodingsOf, cut]) => {
    const parts = [...(optional ? [optional] : []), ...roles.slice(0, cut + 1), ...kept];
    const groups = [parts, ...roles.slice(cut + 1).map((role) => [role])];
    return groups.map((parts, i): Span => ({ encoding: encodingsOf[i] as EncodingName, parts }));
  });

/** Any template: its literals are never empty and never side by side. */
export const anyTemplate: fc.Arbitrary<Template> = fc
  .tuple(
    anySpans,
    fc.array(fc.option(fc.oneof(anyLiteral, fc.constant('any' as const))), { minLength: 6, maxLength: 6 }),
  )
  .map(([spans, around]) => {
    const between = (i: number): Piece[] => {
      const piece = around[i];
      if (!piece) return [];
      return [piece === 'any' ? 'any' : { literal: piece }];
    };
    return [...between(0), ...spans.flatMap((span, i) => [{ span }, ...between(i + 1)])];
  });

/** A text that is written as a template says, with a body of so many bytes, and `around` where it may be anything. */
export function textFor(template: Template, seed: Uint8Array, bodyLength: number, around: string): string {
  let at = 0;
  const next = (length: number) =>
    Buffer.from(Array.from({ length }, () => (seed[at++ % seed.length] ?? 0) ^ (at * 151)));
  const bytesOf = (part: Part) => {
    if (typeof part === 'object' && 'optional' in part) return Buffer.from(part.optional, 'latin1');
    if (typeof part === 'object' && 'constant' in part) return Buffer.from(part.constant, 'latin1');
    return next(partLength(part) ?? bodyLength);
  };
  return template
    .map((piece) => {
      if (piece === 'any') return around;
      if ('literal' in piece) return piece.literal;
      const { encoding, parts } = piece.span;
      return encodings[encoding].write(Buffer.concat(parts.map(bytesOf)), {});
    })
    .join('');
}
