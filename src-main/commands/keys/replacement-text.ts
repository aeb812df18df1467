import { formatCount } from '#shared/counted';
import type { Confirmation, KeyTried } from '#workspace/use-case';

/** What is asked before another key becomes the active one. */
export function replacementInWords(asked: Confirmation): string {
  if (asked.of !== 'replace-active-key') throw new Error(`there is no question for ${asked.of}`);
  const { to, from, values } = asked;
  const opens = ({ fingerprint, decrypts }: KeyTried) =>
    `Key ${fingerprint} ${decrypts === undefined ? 'could not be loaded' : `decrypts ${formatCount(decrypts)} of ${formatCount(values)} values`}.`;
  return `${opens(to)} ${opens(from)} The first becomes the active key instead of the second: hand-offs, new backups and rotations then use it.`;
}
