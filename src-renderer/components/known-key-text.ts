import type { KnownKey } from '#contract/backup';
import { formatDay } from './format.ts';

/** Like `It is the retired key of Acme, since 12 Mar 2026.` */
export function whoseInWords(known: KnownKey | undefined): string {
  if (!known) return 'No key ring on this machine contains it.';
  const since = known.since === undefined ? '' : `, since ${formatDay(known.since)}`;
  return `It is the ${known.state} key of ${known.environment}${since}.`;
}
