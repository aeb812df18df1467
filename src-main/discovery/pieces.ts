import type { Piece, Span, Template } from '#forms/template';
import type { Range } from '#forms/template-match';

/** Ranges of a text that become spans, in its order. */
export interface Spread {
  readonly text: string;
  readonly ranges: readonly Range[];
}

/**
 * The template that explains texts with spans at these ranges: what all have around them is literal, what differs may be anything,
 * held by what is the same next to a span.
 */
export function templateOf(spreads: readonly Spread[], spans: readonly Span[]): Template {
  const pieces: Piece[] = [];
  for (let gap = 0; gap <= spans.length; gap++) {
    const between = spreads.map(({ text, ranges }) =>
      text.slice(
        gap === 0 ? 0 : (ranges[gap - 1] as Range).to,
        gap === spans.length ? text.length : (ranges[gap] as Range).from,
      ),
    );
    pieces.push(...gapPieces(between, gap > 0, gap < spans.length));
    if (gap < spans.length) pieces.push({ span: spans[gap] as Span });
  }
  return pieces;
}

function gapPieces(between: readonly string[], afterSpan: boolean, beforeSpan: boolean): Piece[] {
  const [first = ''] = between;
  if (between.every((text) => text === first)) return literal(first);
  // a word that only begins or ends alike, as numbers do, is no text that all have
  const head = afterSpan ? commonHead(between).replace(/[A-Za-z0-9]+$/, '') : '';
  const rest = beforeSpan ? commonTail(between.map((text) => text.slice(head.length))) : '';
  const tail = rest.replace(/^[A-Za-z0-9]+(?=[^A-Za-z0-9])/, '');
  return [...literal(head), 'any', ...literal(tail)];
}

function literal(text: string): Piece[] {
  return text === '' ? [] : [{ literal: text }];
}

/** The beginning that all texts share. */
function commonHead(texts: readonly string[]): string {
  const [first = ''] = texts;
  let length = first.length;
  for (const text of texts) while (!text.startsWith(first.slice(0, length))) length--;
  return first.slice(0, length);
}

function commonTail(texts: readonly string[]): string {
  const [first = ''] = texts;
  let length = first.length;
  for (const text of texts) while (!text.endsWith(first.slice(first.length - length))) length--;
  return first.slice(first.length - length);
}
