import { classOf } from '#evidence/writings/digit-classes';
import { findOtherWritings } from '#evidence/writings/other-writings';
import { shortestRun } from './span-scan.ts';

/** An IV and a byte. */
const shortestBytes = 17;

/** Whether the plaintext `bytes[start … end)` may have a value within it: a run of digits, or anything in another writing. Most have neither, and that is told in a fraction of the time that trying keys takes. */
export function mayHoldValues(
  bytes: Uint8Array,
  start: number,
  end: number,
  kind: 'text' | 'bytes',
): boolean {
  const length = end - start;
  if (kind === 'bytes') return length >= shortestBytes;
  return length >= shortestRun && (hasRun(bytes, start, end) || hasOtherWriting(bytes, start, end));
}

/** Whether there are as many digits in a row as the shortest run has, escapes among them: the jumps of `SpanScan`. */
function hasRun(text: Uint8Array, start: number, end: number): boolean {
  let first = start;
  for (let probe = first + shortestRun - 1; probe < end; probe = first + shortestRun - 1) {
    let at = probe;
    while (at >= first && classOf[text[at] as number] !== 0) at--;
    if (at < first) return true;
    first = at + 1;
  }
  return false;
}

let wasFound = false;
const note = () => {
  wasFound = true;
};

function hasOtherWriting(text: Uint8Array, start: number, end: number): boolean {
  wasFound = false;
  findOtherWritings(text, start, end, 'text', note);
  return wasFound;
}
