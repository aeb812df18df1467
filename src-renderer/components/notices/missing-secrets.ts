import type { EnvironmentCard } from '#contract/environments';
import type { Failure } from '#contract/shapes';

/** What has to be typed before an environment can be worked on. */
export interface MissingSecrets {
  /** Of the database. */
  readonly password: boolean;
  /** Of the file in which the keys are sealed. */
  readonly passphrase: boolean;
}

const overWithPassword: ReadonlySet<string> = new Set(['password-missing', 'login-refused']);
const overWithPassphrase: ReadonlySet<string> = new Set(['store-locked', 'passphrase-missing']);

/** Whether a failure may be over as soon as something has been typed. */
export function isUnlockable({ code }: Failure): boolean {
  return overWithPassword.has(code) || overWithPassphrase.has(code);
}

/** What the environment says that it needs, and what a failure shows to be missing or out of date. Never nothing. */
export function missingSecrets(
  { needs }: Pick<EnvironmentCard, 'needs'>,
  failure: Failure | undefined,
): MissingSecrets {
  const code = failure?.code ?? '';
  const passphrase = needs.includes('passphrase') || overWithPassphrase.has(code);
  const password = needs.includes('password') || overWithPassword.has(code);
  return { passphrase, password: password || !passphrase };
}
