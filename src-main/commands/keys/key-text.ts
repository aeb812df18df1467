import type { HeldIn } from '#keyring/key-entry';
import type { DumpPeriod } from '#keyring/key-memory';
import { describeStore } from '#keyring/secret-store';
import { moment } from '#shared/moment';

/** Which dumps a key opens, by the time at which they were begun. */
export function periodsInWords(periods: readonly DumpPeriod[]): string {
  if (periods.length === 0) return 'none, it was never in use';
  return periods.map(periodInWords).join(', and ');
}

function periodInWords({ from, to }: DumpPeriod): string {
  if (from !== undefined && to !== undefined) return `${moment(from)} to ${moment(to)}`;
  if (from !== undefined) return `since ${moment(from)}`;
  return to === undefined ? 'until now; the start is unknown' : `before ${moment(to)}`;
}

/** The same as an interval of ISO 8601-2: `..` stands for an end that is open or not known. */
export function interval({ from = '..', to = '..' }: DumpPeriod): string {
  return `${from}/${to}`;
}

export function placeInWords(heldIn: HeldIn): string {
  return describeStore(heldIn).replace(/^the /, '');
}
