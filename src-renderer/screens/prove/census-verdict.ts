import type { CensusReport } from '#contract/census';
import { type CensusPlace, placesOutside, scopeInWords } from '../../components/census-words.ts';
import { formatCounted } from '../../components/format.ts';

export interface CensusWords {
  readonly tone: 'good' | 'info' | 'warn';
  readonly title: string;
  /** What was read. */
  readonly scope: string;
  readonly remedy: string;
}

/** What a census came to. `outside`: the places that are still outside the inventory. Pure. */
export function censusInWords(census: CensusReport, outside: readonly CensusPlace[]): CensusWords {
  const scope = scopeInWords(census);
  const unread = census.unread.length;
  const added = placesOutside(census).length - outside.length;
  if (outside.length > 0) {
    const places = formatCounted(outside.length, 'place');
    return {
      tone: 'warn',
      title: `${places} outside the inventory ${outside.length === 1 ? 'holds' : 'hold'} values under a key in the key ring.`,
      scope,
      remedy: 'A rotation would not rewrite these values. Add the places to the inventory.',
    };
  }
  if (added > 0) {
    return {
      tone: 'info',
      title: `${formatCounted(added, 'place')} ${added === 1 ? 'was' : 'were'} added to the inventory.`,
      scope,
      remedy:
        'Check again to make sure that the inventory covers every value there, then prove the key again.',
    };
  }
  if (unread > 0) {
    return {
      tone: 'warn',
      title: `The inventory covers every value found, but ${formatCounted(unread, 'place')} could not be read.`,
      scope,
      remedy: 'Connect as a role that may read them, or check them by other means.',
    };
  }
  return {
    tone: 'good',
    title: 'The inventory covers every value found under a key in the key ring.',
    scope,
    remedy: 'Outside the inventory, single values under 24 bytes are too short to be recognized.',
  };
}
