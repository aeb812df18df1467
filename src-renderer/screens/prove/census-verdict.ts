import { counted } from '#shared/counted';
import type { CensusReport } from '#contract/census';
import { type CensusPlace, placesOutside, scopeInWords } from '../../components/census-text.ts';

export interface CensusWords {
  readonly tone: 'good' | 'info' | 'warn';
  readonly title: string;
  /** What was read. */
  readonly scope: string;
  readonly remedy: string;
}

export interface PlacesLeft {
  /** Still outside the inventory. */
  readonly outside: readonly CensusPlace[];
  /** Of these, the ones that can be added to it. */
  readonly addable: readonly CensusPlace[];
}

/** What a census came to. Pure. */
export function censusInWords(census: CensusReport, { outside, addable }: PlacesLeft): CensusWords {
  const scope = scopeInWords(census);
  const unread = census.unread.length;
  const added = placesOutside(census).length - outside.length;
  if (outside.length > 0) {
    const places = counted(outside.length, 'place');
    return {
      tone: 'warn',
      title: `${places} outside the inventory ${outside.length === 1 ? 'holds' : 'hold'} values encrypted with a key in the key ring.`,
      scope: added > 0 ? `${scope} ${addedInWords(added)}` : scope,
      remedy: `A rotation would not rewrite these values. ${remedyOf(outside, addable)}`,
    };
  }
  if (added > 0) {
    return {
      tone: 'info',
      title: addedInWords(added),
      scope,
      remedy:
        'Check again to make sure that the inventory covers every value there, then prove the key again.',
    };
  }
  if (unread > 0) {
    return {
      tone: 'warn',
      title: `The inventory covers every value found, but ${counted(unread, 'place')} could not be read.`,
      scope,
      remedy: 'Connect as a role that may read them, or check them by other means.',
    };
  }
  return {
    tone: 'good',
    title: 'The inventory covers every value found that is encrypted with a key in the key ring.',
    scope,
    remedy: census.scope,
  };
}

function addedInWords(added: number): string {
  return `${counted(added, 'place')} ${added === 1 ? 'was' : 'were'} added to the inventory.`;
}

function remedyOf(outside: readonly CensusPlace[], addable: readonly CensusPlace[]): string {
  if (addable.length === outside.length) return 'Add them to the inventory.';
  return addable.length > 0
    ? 'Add those that can be added, and find out what writes the others.'
    : 'Find out what writes them: they cannot be added as they are.';
}
