import type { ActWords } from '#errors/act';
import { type Text, worded } from '#errors/text';
import { shellWord } from '#shared/shell-word';

/** What an admin does, in commands and options. */
export const actWords = {
  'generate-key': 'generate one with `keel key generate --out FILE`',
  'generate-key-alike':
    'generate one in the format of the old key: `keel key generate --like-file FILE --out FILE`',
  'give-key': 'pass the key itself with `--from-key-file FILE`',
  'give-as-own-key': 'pass it with --key-file instead',
  'look-at-key-ring': 'check the key ring with `keel key list`',
  'destroy-key': 'run `keel key destroy`',
  'state-dumps': 'record that with `keel key dumps --none-before TIME`',
  'seal-keys': 'pass `--keep-keys-in sealed-file` to store keys in an encrypted key file',
  'keep-keys-elsewhere': 'store keys elsewhere with `--keep-keys-in`',
  'choose-key-place': 'pass `--keep-keys-in sealed-file` (or keychain), or pass both keys as files',
  'open-key-place': ({ place }) => `pass \`--keep-keys-in ${place}\``,
  'give-passphrase':
    'pass it with `--passphrase-file FILE` (`--ring-passphrase-file FILE` in commands that also take the passphrase of a backup), or set KEEL_PASSPHRASE',
  'choose-passphrase':
    'write five random words to a file and pass it with `--passphrase-file FILE`, or set KEEL_PASSPHRASE',
  'prove-backup': 'create one and restore the key from it (`--backup FILE` with `--passphrase-file FILE`)',
  discover: 'run `keel discover`',
  'add-columns': 'add them to the inventory: `keel discover` proposes the entries',
  'use-proposed-form': 'use the layout that `keel discover` proposes for these columns',
  'look-for-other-form': 'check with `keel discover` whether they decrypt in another format',
  'find-columns-first': 'find the encrypted columns first with `keel discover`',
  'prove-active-key': 'prove the key with `keel prove`',
  'locate-iv': 'find out where the application stores the IV of these values, and add that to the inventory',
  'prove-iv':
    'prove it with a known value of the column (`--known-value`), or with a credential that its server accepts (`keel connections test`)',
  'name-api-key-table': 'specify it with `--table SCHEMA.TABLE`; `keel api-key find` gives the reasons',
  'name-hash-column': 'specify it with `--column hash=COLUMN`',
  'choose-key-column': ({ role }) =>
    `pass the column with \`--column ${role}=COLUMN\`, or ${role === 'scope' ? 'leave out `--scope`' : 'pass `--expires never`'}`,
  'include-or-leave':
    'add them to the inventory (`keel census --out FILE` writes one with those that can be rewritten), or leave a place encrypted with the old key with `--leave TABLE.COLUMN`',
  'unnest-or-leave': ({ names }) =>
    `make the application encrypt these values only once, then run the command again; or rotate only the outer layer, and keep the old key for what is inside, with \`${names.map((name) => `--leave ${shellWord(name)}`).join(' ')}\``,
  prove: '`keel prove`',
  'compare-archive': '`keel credentials verify`',
  'test-connections': '`keel connections test`',
  'take-census': ({ member }) =>
    member === undefined
      ? 'run `keel census` on it'
      : `run \`keel fleet census\`, which reads ${member} too,`,
  recover: 'run `keel recover`',
  sweep: 'run `keel sweep`',
  'rewrite-stragglers': 'rewrite them (`keel sweep --rewrite`)',
  'see-fleet': 'check `keel fleet status`',
  'list-own-database': 'list it with the others in a file, one per line, and pass `--databases FILE`',
  'finish-fleet': 'finish the fleet rotation first with `keel fleet rotate`',
  'use-rotating-machine':
    'run it on the machine, and with the account, that ran the rotation; or pass both keys to `keel rotate`',
  'exclude-column': ({ column }) => `pass \`--exclude ${shellWord(column)}\``,
  exclude: ({ columns }) => `pass \`${columns.map((name) => `--exclude ${shellWord(name)}`).join(' ')}\``,
  accept: ({ code }) => `pass \`--accept ${shellWord(code)}\``,
  'rewrite-ambiguous': 'rewrite them with `--accept ambiguous-rows`',
  'add-environment': 'add one with `keel env add NAME --database URL`',
  'choose-environment':
    'pass --env NAME, --database URL, --api URL, --qdrant URL, --oauth URL or --key-file-at PATH',
  'check-database-name': 'check the name after the last `/`',
  'give-password': 'put it in the URL, PGPASSWORD or ~/.pgpass',
  'give-password-to-save': 'set PGPASSWORD, or leave out `--remember-password`',
  'name-authority': 'pass the CA certificate that signed it with sslrootcert=FILE',
  'root-certificate': ({ authority, another }) =>
    `${another ? 'another sslrootcert' : 'sslrootcert=FILE'} containing the certificate of the CA ${authority}`,
  'add-client-file': ({ name }) => `add ${name}=FILE`,
  'try-again': 'run the command again',
  'or-accept': ({ code }) => `; or accept the risk with \`--accept ${shellWord(code)}\``,
  'or-wait-longer': ', or wait longer with --lock-timeout',
  'or-name-key-place': '; `--keep-keys-in` stores them elsewhere',
  'or-create-secret': ', or pass --create',
  'correct-layout': ({ layout }) =>
    layout === undefined ? ': run `keel discover` for the layout' : `: the layout should be \`${layout}\``,
  'by-column-option': ' with `--set COLUMN=VALUE`',
  'by-api-key-verify': ' (`keel api-key verify`)',
} satisfies ActWords;

/** A text as it is said at a terminal. */
export function inTerminalWords(text: Text): string {
  return worded(text, actWords);
}
