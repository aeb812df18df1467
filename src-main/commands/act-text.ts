import type { ActWords } from '#errors/act';
import { type Text, worded } from '#errors/text';
import { shellWord } from '#shared/shell-word';

/** What an admin does, in commands and options. */
export const actWords = {
  'generate-key': 'make one with `keel key generate --out FILE`',
  'generate-key-alike': 'generate one in the format of the old key: `keel key generate --like-file FILE --out FILE`',
  'give-key': 'give the key itself with `--from-key-file FILE`',
  'give-as-own-key': 'give it with --key-file instead',
  'look-at-key-ring': 'look at the key ring (`keel key list`)',
  'destroy-key': 'run `keel key destroy`',
  'state-dumps': 'state it with `keel key dumps --none-before TIME`',
  'seal-keys': 'pass `--keep-keys-in sealed-file` to keep keys in a file under a passphrase',
  'keep-keys-elsewhere': 'keep keys elsewhere with `--keep-keys-in`',
  'choose-key-place': 'choose `--keep-keys-in sealed-file` (or keychain), or give both keys as files',
  'open-key-place': ({ place }) => `pass \`--keep-keys-in ${place}\``,
  'give-passphrase': 'give it with `--passphrase-file FILE` or in KEEL_PASSPHRASE',
  'prove-backup':
    'make one and restore the key from it (on the command line: `--backup FILE` with `--passphrase-file FILE`)',
  discover: 'run `keel discover`',
  'add-columns': 'add them to the inventory: `keel discover` proposes the entries',
  'use-proposed-form': 'take the form that `keel discover` proposes for these columns',
  'look-for-other-form': 'look with `keel discover` whether another form opens them',
  'find-columns-first': 'find the encrypted columns first: under Prove, or with `keel discover`',
  'prove-active-key': 'prove the key: under Prove, or with `keel prove`',
  'locate-iv': 'find out where the application keeps the IV of these values, and write it into the inventory',
  'prove-iv':
    'prove it with one value of the column that you know (`--known-value`), or with a credential that its server accepts (`keel connections test`)',
  'name-api-key-table': 'name it (on the command line: `--table SCHEMA.TABLE`; `keel api-key find` says why)',
  'name-hash-column': 'name it (on the command line: `--column hash=COLUMN`)',
  'include-or-leave':
    'take them in (`keel census --out FILE` writes an inventory with those that can be rewritten), or leave a place under the old key by name with `--leave TABLE.COLUMN`',
  'unnest-or-leave': ({ names }) =>
    `let the application store these values encrypted once, then run the command again; or rotate the outer layer only, and keep the old key for what is within, with \`${names.map((name) => `--leave ${shellWord(name)}`).join(' ')}\``,
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
  'see-fleet': 'see what is on record with `keel fleet status`',
  'finish-fleet': 'finish the rotation of the fleet first (`keel fleet rotate`)',
  'use-rotating-machine': 'run it on the machine and account that rotated, or rotate with both keys given',
  'exclude-column': ({ column }) => `name the column with \`--exclude ${shellWord(column)}\``,
  exclude: ({ columns }) => `pass \`${columns.map((name) => `--exclude ${shellWord(name)}`).join(' ')}\``,
  accept: ({ code }) => `pass \`--accept ${shellWord(code)}\``,
  'rewrite-ambiguous': 'rewrite them with `--accept ambiguous-rows`',
  'add-environment': 'add one with `keel env add NAME --database URL`',
  'choose-environment':
    'give --env NAME, --database URL, --api URL, --qdrant URL, --oauth URL or --key-file-at PATH',
  'check-database-name': 'check the name after the last `/`',
  'give-password': 'put it into the URL, PGPASSWORD or ~/.pgpass',
  'name-authority': 'name the authority that signed it with sslrootcert=FILE',
  'root-certificate': ({ authority, another }) =>
    `${another ? 'another sslrootcert' : 'sslrootcert=FILE'} naming the authority ${authority}`,
  'add-client-file': ({ name }) => `add ${name}=FILE`,
  'try-again': 'run the command again',
  'or-accept': ({ code }) => `; or accept it with \`--accept ${shellWord(code)}\``,
  'or-wait-longer': ', or give more time with --lock-timeout',
  'or-name-key-place': '; `--keep-keys-in` names another place',
  'or-create-secret': ', or give --create',
  'correct-layout': ({ layout }) =>
    layout === undefined ? ': run `keel discover` for the layout' : `: the layout should be \`${layout}\``,
  'by-column-option': ' (on the command line: `--set COLUMN=VALUE`)',
  'by-api-key-verify': ' (`keel api-key verify`)',
} satisfies ActWords;

/** A text as it is said at a terminal. */
export function inTerminalWords(text: Text): string {
  return worded(text, actWords);
}
