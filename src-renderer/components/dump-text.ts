import type { DumpPeriod, KeyMemory } from '#contract/key-ring';
import { formatMoment } from './format.ts';

/** Which dumps a key opens, by the time at which they were begun. Pure. */
export function dumpsInWords(opens: readonly DumpPeriod[]): string {
  if (opens.length === 0) return 'none: it was never active here';
  return `started ${opens.map(periodInWords).join(', and ')}`;
}

function periodInWords({ from, to }: DumpPeriod): string {
  if (from !== undefined && to !== undefined) return `from ${formatMoment(from)} to ${formatMoment(to)}`;
  if (from !== undefined) return `since ${formatMoment(from)}`;
  return to === undefined ? 'any time up to now (first use unknown)' : `before ${formatMoment(to)}`;
}

/** Where a key is kept. */
export function placeOf({ place, ownFile }: KeyMemory): string {
  if (place === 'own-file') return `your own file ${ownFile ?? ''}`.trim();
  return place === 'keychain' ? 'keychain' : 'encrypted key file';
}
