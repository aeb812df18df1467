import type { Proof } from './prove.ts';
import { isWithoutValues } from './prove-keys.ts';

/** How many values are proven to be under the key. */
export function valuesOpened({ columns }: Proof): number {
  return columns.reduce((sum, { proven }) => sum + proven, 0);
}

/** How many values are not under the key. */
export function valuesAgainst({ columns }: Proof): number {
  return columns.reduce((sum, { contradicted, unrecognised }) => sum + contradicted + unrecognised, 0);
}

/** Whether what was read is of a database under the key. Values too short to tell speak neither for nor against it. */
export function speaksFor(proof: Proof): boolean {
  const against = valuesAgainst(proof);
  return against === 0 || valuesOpened(proof) > against || isWithoutValues(proof);
}
