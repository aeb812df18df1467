import { counted } from '#shared/counted';

/** Why nobody can say which key sampled values are under: they look encrypted and no key opens them, or they are too short. */
export interface Doubt {
  readonly of: 'unopened' | 'too-short';
  /** Values that were examined. */
  readonly sampled: number;
}

/** What is said of it where the values were tried under so many keys. */
export function doubtInWords({ of, sampled }: Doubt, keys = 1): string {
  const values = counted(sampled, 'sampled value');
  if (of === 'too-short')
    return `${values} may be ciphertexts, but are too short to tell whether they are encrypted with ${keys === 1 ? 'this key' : `one of the ${keys} keys`}`;
  const opened =
    keys === 1 ? 'this key decrypts none of them' : `none of the ${keys} keys decrypts any of them`;
  return `${values} look encrypted, but ${opened} in the formats that were tried`;
}
