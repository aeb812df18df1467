import { classOf } from '#evidence/writings/digit-classes';
import { mayBeWritten } from '#evidence/writings/other-writings';
import { shortestRun } from './span-scan.ts';

/** An IV and a byte. */
const shortestBytes = 17;

/** Whether a plaintext may have a value within it. Told in a fraction of the time that looking through it takes: most have none. */
export function mayHoldValues(plaintext: Uint8Array, kind: 'text' | 'bytes'): boolean {
  const { length } = plaintext;
  if (kind === 'bytes') return length >= shortestBytes;
  return length >= shortestRun && (hasRun(plaintext, length) || mayBeWritten(plaintext, 0, length));
}

/** Whether there are as many digits in a row as the shortest run has, escapes among them: the jumps of `SpanScan`. */
function hasRun(text: Uint8Array, length: number): boolean {
  let first = 0;
  for (let probe = shortestRun - 1; probe < length; probe = first + shortestRun - 1) {
    let at = probe;
    while (at >= first && classOf[text[at] as number] !== 0) at--;
    if (at < first) return true;
    first = at + 1;
  }
  return false;
}
