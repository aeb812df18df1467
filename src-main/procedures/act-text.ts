import type { ActWords } from '#errors/act';
import { type Text, worded } from '#errors/text';

/** What an admin does, in screens, switches and buttons. Nothing for what stands beside the text as one of these. */
export const actWords = {
  'generate-key': 'generate one',
  'generate-key-alike': 'generate one in the format of the old key',
  'give-key': 'adopt the key itself',
  'give-as-own-key': 'adopt it as a typed key instead',
  'look-at-key-ring': 'look at the key ring',
  'destroy-key': 'destroy the key',
  'state-dumps': 'state it',
  'seal-keys': 'keep keys in a file under a passphrase',
  'keep-keys-elsewhere': 'keep keys in a sealed file',
  'choose-key-place': 'choose where keys are kept',
  'open-key-place': ({ place }) => `open the ${place} where it was kept`,
  'give-passphrase': 'type it',
  'prove-backup': 'make one and restore the key from it',
  discover: 'look for encrypted columns',
  'add-columns': 'look for encrypted columns again, and add them',
  'use-proposed-form': 'use the form that is proposed for these columns',
  'look-for-other-form': 'look for encrypted columns again, in case another form opens them',
  'find-columns-first': 'find the encrypted columns first, under Prove',
  'prove-active-key': 'prove the key, under Prove',
  'locate-iv': 'find out where the application stores the IV of these values',
  'prove-iv':
    'prove it with one value of the column that you know, or with a credential that its server accepts (under Connections)',
  'name-api-key-table': 'name it',
  'name-hash-column': 'name it',
  'include-or-leave': 'add them to the inventory, or leave them under the old key by name',
  'unnest-or-leave':
    'let the application store these values encrypted once, then check again; or rotate the outer layer only, and keep the old key for what is within',
  prove: 'Prove',
  'compare-archive': 'comparing',
  'test-connections': 'under Connections',
  'take-census': 'search it',
  recover: 'recover',
  sweep: 'look for stragglers',
  'rewrite-stragglers': 'look for stragglers and rewrite them',
  'see-fleet': 'see what is on record under Fleet',
  'finish-fleet': 'finish the rotation of the fleet first, under Fleet',
  'use-rotating-machine': 'do this on the machine and account that rotated',
  'exclude-column': ({ column }) => `exclude ${column} by name`,
  exclude: ({ columns }) =>
    columns.length === 1
      ? `exclude ${columns.join()} by name`
      : `exclude them by name: ${columns.join(', ')}`,
  accept: ({ code }) => (code === 'missing-values' ? 'choose that' : 'take that on'),
  'rewrite-ambiguous': 'take them as the old key’s',
  'add-environment': 'connect one',
  'choose-environment': 'choose an environment',
  'check-database-name': 'check the name of the database',
  'give-password': 'type it into its field',
  'name-authority': 'choose the certificate of the authority that signed it',
  'root-certificate': ({ authority, another }) =>
    another
      ? `another root certificate, that of the authority ${authority}`
      : `a root certificate of the authority ${authority}`,
  'add-client-file': 'choose it too',
  'try-again': 'try again',
  'or-accept': '',
  'or-wait-longer': '',
  'or-name-key-place': '',
  'or-create-secret': '',
  'correct-layout': '',
  'by-column-option': '',
  'by-api-key-verify': ' with “Verify a key”',
} satisfies ActWords;

/** A text as it is said in the window. */
export function inWindowWords(text: Text): string {
  return worded(text, actWords);
}
