import { KeelError } from '#errors/keel-error';

/** The fingerprint in an option, as `keel key inspect` prints it. Throws `usage` for what is none. */
export function asFingerprint(value: string): string {
  const fingerprint = value.trim().toLowerCase();
  if (/^[0-9a-f]{4}(?:-[0-9a-f]{4}){3}$/.test(fingerprint)) return fingerprint;
  throw new KeelError(
    'usage',
    `\`${value}\` is not a fingerprint`,
    'use the format 3f2a-91bc-07de-44a1; `keel key inspect` prints the fingerprint of a key',
  );
}
