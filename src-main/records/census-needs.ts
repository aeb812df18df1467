import { text } from '#errors/text';
import type { TakenCensus } from './census-record.ts';
import type { KeyNeed } from './key-needs.ts';
import type { KnownDatabase } from './known-databases.ts';

export interface CensusQuestion {
  readonly fingerprint: string;
  /** The other keys that values may be under: a value encrypted with this key may be within what one of theirs decrypts to. */
  readonly others: readonly string[];
  readonly databases: readonly KnownDatabase[];
  readonly censuses: readonly TakenCensus[];
  /** When the key was last taken out of use; earlier censuses say nothing of it. */
  readonly retiredAt?: string | undefined;
}

/**
 * What keeps a key for want of a census: for each database that is known of, one that read everything since the last cutover, with
 * this key, and saw no value under it. A place that could not be read is a reason of its own, to be accepted by its name.
 */
export function censusNeeds({
  fingerprint,
  others,
  databases,
  censuses,
  retiredAt,
}: CensusQuestion): KeyNeed[] {
  return databases.flatMap(({ name, member, rewrittenAt }): KeyNeed[] => {
    const since = [retiredAt, rewrittenAt]
      .filter((at) => at !== undefined)
      .sort()
      .at(-1);
    const own = censuses
      .filter(
        ({ database, keys }) => database === name && keys.some((key) => key.fingerprint === fingerprint),
      )
      .sort((a, b) => a.beganAt.localeCompare(b.beganAt));
    const last = own.at(-1);
    const isRecent = ({ beganAt }: TakenCensus) =>
      since === undefined || Date.parse(beganAt) >= Date.parse(since);
    const isDeep = ({ opened }: TakenCensus) =>
      opened !== undefined && others.every((key) => opened.includes(key));
    const missing = (message: string): KeyNeed => ({
      code: 'no-census',
      accept: `no-census=${name}`,
      message,
      remedy: text`${{ do: 'take-census', ...(member !== undefined && { member }) }} first`,
      acceptable: true,
    });
    if (!last) return [missing(`no census of ${name} has searched for values encrypted with this key`)];
    if (!isRecent(last)) {
      const when = `began at ${last.beganAt}, before its rows were last encrypted with this key (${since})`;
      return [missing(`the last census of ${name} ${when}`)];
    }
    const deepest = own.filter((census) => isRecent(census) && isDeep(census)).at(-1);
    const counted = deepest && deepest !== last ? [last, deepest] : [last];
    const seen = counted.flatMap((census) => [...valuesSeen(census, fingerprint), ...placesNotRead(census)]);
    if (deepest) return seen;
    const where = 'inside values that the other keys of the ring decrypt';
    return [
      ...seen,
      missing(`no census of ${name} has searched for values encrypted with this key ${where}`),
    ];
  });
}

function valuesSeen({ database, beganAt, keys }: TakenCensus, fingerprint: string): KeyNeed[] {
  const seen = keys.find((key) => key.fingerprint === fingerprint);
  if (!seen || seen.values === 0) return [];
  const { values, certain, places } = seen;
  return [
    {
      code: 'values-seen',
      accept: `values-seen=${database}`,
      message: `the census of ${database} that began at ${beganAt} found ${values} ${values === 1 ? 'value' : 'values'} encrypted with this key${certain === values ? '' : `, ${values - certain} of them likely rather than certain`}, in ${places.join(', ')}`,
      remedy: text`${{ do: 'rewrite-stragglers' }} or remove them, then run the census again`,
      // what is certain would be lost
      acceptable: certain === 0,
    },
  ];
}

function placesNotRead({ database, unread, tables }: TakenCensus): KeyNeed[] {
  return unread.map(({ place, reason }) => ({
    code: 'not-read',
    accept: `not-read=${database}:${place}`,
    message: `the census of ${database} read ${tables} ${tables === 1 ? 'table' : 'tables'} and could not read ${place} (${reason})`,
    remedy: 'run the census with a role that may read it',
    acceptable: true,
  }));
}
