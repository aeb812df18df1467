/** What is known of a key of the environment. */
interface KnownKey {
  readonly fingerprint: string;
  readonly state: string;
}

/**
 * The key that a target must hold before it may be given the `active` one: whichever it holds, if this environment was ever
 * under it, since a target may be behind by several rotations; else the last one before, which it then turns out not to hold.
 */
export function expectedKey(keys: readonly KnownKey[], holds: string | undefined, active: string): string {
  const wasInUse = keys.some(
    ({ fingerprint, state }) => fingerprint === holds && (state === 'active' || state === 'retired'),
  );
  if (holds && wasInUse) return holds;
  return keys.findLast(({ state }) => state === 'retired')?.fingerprint ?? active;
}
