import type { ActWords } from '#errors/act';
import { type Text, worded } from '#errors/text';

/** What an admin does, in screens, switches and buttons. Nothing for what is next to the text as one of these. */
export const actWords = {
  'generate-key': 'generate one',
  'generate-key-alike': 'generate one in the format of the old key',
  'give-key': 'import the key',
  'give-as-own-key': 'import it as a typed key instead',
  'look-at-key-ring': 'check the key ring',
  'destroy-key': 'destroy the key',
  'state-dumps': 'record that on the Key screen',
  'seal-keys': 'store keys in an encrypted key file',
  'keep-keys-elsewhere': 'store keys in an encrypted key file',
  'choose-key-place': 'choose where to store keys',
  'open-key-place': ({ place }) =>
    `unlock the ${place === 'keychain' ? 'keychain' : 'encrypted key file'} where it is stored`,
  'give-passphrase': 'enter it',
  'choose-passphrase': 'type five random words',
  'prove-backup': 'create a backup and test it',
  discover: 'scan for encrypted columns',
  'add-columns': 'scan for encrypted columns again, and add them',
  'use-proposed-form': 'use the proposed format for these columns',
  'look-for-other-form': 'scan for encrypted columns again, in case another format decrypts them',
  'find-columns-first': 'find the encrypted columns first, under Prove',
  'prove-active-key': 'prove the key, under Prove',
  'locate-iv': 'find out where the application stores the IV of these values',
  'prove-iv':
    'prove it with a known value of the column, or with a credential that its server accepts (under Connections)',
  'name-api-key-table': 'choose the table',
  'name-hash-column': 'choose the hash column',
  'choose-key-column': ({ role }) =>
    `choose the column for it, or ${role === 'scope' ? 'leave the scope out' : 'create a key that never expires'}`,
  'include-or-leave': 'add them to the inventory, or accept that they stay encrypted with the old key',
  'unnest-or-leave':
    'make the application encrypt these values only once, then check again; or rotate only the outer layer, and keep the old key for the nested values',
  prove: 'Prove',
  'compare-archive': 'comparing',
  'test-connections': 'under Connections',
  'take-census': 'search it',
  recover: 'recover',
  sweep: 'run a sweep',
  'rewrite-stragglers': 're-encrypt them with a sweep',
  'see-fleet': 'check the Fleet screen',
  'list-own-database': 'add it to the list',
  'finish-fleet': 'finish the fleet rotation first, under Fleet',
  'use-rotating-machine': 'do this on the machine, and with the account, that ran the rotation',
  'exclude-column': ({ column }) => `exclude ${column}`,
  exclude: ({ columns }) =>
    columns.length === 1 ? `exclude ${columns.join()}` : `exclude them: ${columns.join(', ')}`,
  accept: ({ code }) => (code === 'missing-values' ? 'choose that' : 'accept the risk'),
  'rewrite-ambiguous': 'accept that they are rewritten',
  'add-environment': 'connect one',
  'choose-environment': 'choose an environment',
  'check-database-name': 'check the database name',
  'give-password': 'enter it in the password field',
  'give-password-to-save': 'enter the password with the connection, or do not ask to save it',
  'name-authority': 'choose the root certificate of the CA that signed it',
  'root-certificate': ({ authority, another }) =>
    another
      ? `another root certificate, that of the CA ${authority}`
      : `a root certificate of the CA ${authority}`,
  'add-client-file': 'choose it too',
  'try-again': 'try again',
  'or-accept': '',
  'or-wait-longer': '',
  'or-name-key-place': '',
  'or-create-secret': '',
  'correct-layout': '',
  'by-column-option': '',
  'by-api-key-verify': ' with “Identify an API key”',
} satisfies ActWords;

/** A text as it is said in the window. */
export function inWindowWords(text: Text): string {
  return worded(text, actWords);
}
