import { KeelError } from '#errors/keel-error';
import { text } from '#errors/text';
import type { MadeKey, ReplacedKey } from './change-keys.ts';

/** What there is to say of a key that was made, and whose row may be in the table or not; undefined where that is known. */
export function unsettledKey(made: MadeKey | ReplacedKey): KeelError | undefined {
  if (made.isSettled) return undefined;
  const { label } = made.row.key;
  const { old, what } =
    'old' in made
      ? { old: `${made.old.key.label} is revoked if it is, and works as before if not`, what: 'replaced' }
      : { old: 'it works if it is', what: 'created' };
  return new KeelError(
    'commit-unsettled',
    `the connection was lost while ${label} was being ${what}, and Keel could not check whether the new key is in the database: ${old}`,
    text`keep the key, and compare it with the table once the server answers${{ do: 'by-api-key-verify' }}; if it matches none of the keys there, discard it and try again`,
  );
}
