import { ivLength } from '#crypto/cfb';
import type { BinaryProof } from '#evidence/plaintexts/binary-plaintexts';
import type { Frame, Hit } from './hit.ts';
import { startsWhereExpected } from './proof.ts';
import { hashInput } from './proven-region.ts';
import type { Place } from './row-ivs.ts';
import { digitBits, type Proof, type Span, type SpanTape } from './span-tape.ts';

/** What a run holds that is no text. */
export function binaryHit({ span, key, bits, first, last }: BinaryProof, { bytes }: SpanTape): Hit {
  const { row, column, start, end, encoding, length, offset } = span;
  const place = { row, column, start, end, encoding, skipped: 0, length };
  const evidence = { bits, ratios: [2 ** bits], inputs: [hashInput(bytes, offset)], charge: 0 };
  return { ...place, key, segment: 'cfb128', frame: 'binary', first, last, ...evidence, earlier: 0 };
}

/** A value whose IV is elsewhere in its row. `earlier`: see `Hit`. */
export function siblingHit(
  body: Span,
  { column, start, end, encoding }: Place,
  choices: number,
  proof: Proof,
  earlier: number,
): Hit {
  const { region } = proof;
  const charge = Math.log2(choices);
  return {
    ...hitOf(proof),
    row: body.row,
    start: body.start,
    end: body.end,
    encoding: body.encoding,
    length: body.length,
    frame: 'sibling',
    first: 0,
    last: region.end - ivLength,
    bits: region.bits - charge,
    charge,
    earlier,
    iv: { column, start, end, encoding },
  };
}

/** A value in a run by itself. */
export function hitOf(proof: Proof): Hit {
  const { stream, key, segment, region, charge } = proof;
  const { span } = stream;
  return {
    row: span.row,
    column: span.column,
    start: span.start,
    end: span.end,
    encoding: span.encoding,
    skipped: stream.base / digitBits[span.encoding],
    length: stream.length,
    key,
    segment,
    frame: frameOf(proof),
    first: region.first,
    last: region.end,
    bits: region.bits - charge,
    ratios: region.ratios,
    inputs: region.inputs,
    charge,
    earlier: span.proofs.filter((other) => isSameKind(other, proof)).length - 1,
  };
}

function isSameKind(one: Proof, other: Proof): boolean {
  return one.key === other.key && one.segment === other.segment && frameOf(one) === frameOf(other);
}

function frameOf({ stream, region }: Proof): Frame {
  if (!startsWhereExpected(stream, region)) return 'search';
  return stream.base === 0 ? 'start' : 'prefix';
}
