import { counted } from './counted.ts';

/** What work takes because each value has a key of its own, which is slow to derive. */
export interface Derivations {
  /** Where these values are, like `public.settings.ai_key`. */
  readonly places: readonly string[];
  readonly count: number;
  /** In all, from how long some took on this machine. */
  readonly seconds: number;
}

/** Said before the work begins. */
export function derivationsInWords({ places, count, seconds }: Derivations): string {
  return `Each value of ${places.join(', ')} is encrypted with a key of its own, derived from its salt: about ${counted(count, 'derivation')}, ${roughly(seconds)} on this computer, by a measurement made now`;
}

function roughly(seconds: number): string {
  if (seconds < 1) return 'less than a second';
  if (seconds < 100) return `about ${counted(Math.round(seconds), 'second')}`;
  return `about ${counted(Math.round(seconds / 60), 'minute')}`;
}
