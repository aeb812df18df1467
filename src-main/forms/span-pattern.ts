import { ivLength } from '#crypto/cfb';
import { type DigitBytes, digitBytes } from './digit-bytes.ts';
import type { Layout } from './layout.ts';
import { type Part, partLength } from './template.ts';

/** A run of digits of a pattern, and which bytes of IV ‖ body it holds. */
export interface PatternSpan {
  readonly digits: DigitBytes;
  /** Where its bytes start in IV ‖ body. */
  readonly at: 0 | 16;
  /** Their number, where it is always the same. */
  readonly length: number | undefined;
}

/**
 * A template whose texts can be told apart in one way only, without trying: literal, run, literal, run, literal. The literal
 * between two runs begins with what is no digit of the first.
 */
export interface SpanPattern {
  readonly before: Uint8Array;
  readonly first: PatternSpan;
  readonly between: Uint8Array;
  readonly second: PatternSpan | undefined;
  readonly after: Uint8Array;
}

/** The pattern of a template; undefined where there is more in it than IV and body in one or two runs of digits. */
export function patternOf({ template }: Layout): SpanPattern | undefined {
  const literals: Uint8Array[] = [new Uint8Array()];
  const spans: PatternSpan[] = [];
  for (const piece of template) {
    if (piece === 'any') return undefined;
    if ('literal' in piece) literals[spans.length] = Buffer.from(piece.literal, 'latin1');
    else {
      const span = spanOf(piece.span.parts, digitBytes[piece.span.encoding]);
      if (!span) return undefined;
      spans.push(span);
      literals.push(new Uint8Array());
    }
  }
  const [first, second, ...more] = spans;
  const [before, between, after] = literals as [Uint8Array, Uint8Array, Uint8Array | undefined];
  if (!first || more.length > 0) return undefined;
  if (!second) return { before, first, between: new Uint8Array(), second, after: between };
  if (between[0] === undefined || first.digits.holds(between[0])) return undefined;
  return { before, first, between, second, after: after ?? new Uint8Array() };
}

function spanOf(parts: readonly Part[], digits: DigitBytes | undefined): PatternSpan | undefined {
  if (!digits) return undefined;
  const [one, other, ...more] = parts;
  if (more.length > 0) return undefined;
  if (one === 'iv' && other === 'body') return { digits, at: 0, length: undefined };
  if (other !== undefined || (one !== 'iv' && one !== 'body')) return undefined;
  return { digits, at: one === 'iv' ? 0 : ivLength, length: partLength(one) };
}

/** Whether these bytes are at a place. */
export function standsAt(bytes: Uint8Array, data: Uint8Array, at: number): boolean {
  for (let i = 0; i < bytes.length; i++) if (bytes[i] !== data[at + i]) return false;
  return true;
}
