/** The core speaks to people at a terminal; in the window its commands and options are screens, switches and buttons. */
const turns: readonly (readonly [RegExp, string])[] = [
  [/: (?:run `keel discover` for the layout|the layout should be `[^`]+`)/g, ''],
  [
    /take them in \(`keel census --out FILE`[^)]*\), or leave a place under the old key by name with `--leave TABLE\.COLUMN`/g,
    'add them to the inventory, or leave them under the old key by name',
  ],
  [
    /take the form that `keel discover` proposes for these columns/g,
    'use the form that is proposed for these columns',
  ],
  [/ \(`--known-value`\)/g, ''],
  [/ \(`keel connections test`\)/g, ' (under Connections)'],
  [
    /find out where the application keeps the IV of these values, and write it into the inventory/g,
    'find out where the application stores the IV of these values',
  ],
  [/; or (?:take it on|accept it) with `--accept (?:[^`'"]|'[^`]*')+`/g, ''],
  [/rewrite them \(`keel sweep --rewrite`\)/g, 'look for stragglers and rewrite them'],
  [/run `keel census` on it first/g, 'search it first'],
  [/run `keel fleet census`, which reads (.+?) too, first/g, 'search it first'],
  [
    /; to rotate away from this one, pass `--accept [\w-]+`/g,
    '; rotating away from this one has to be taken on',
  ],
  [/to finish it, pass `--accept [\w-]+`/g, 'to finish it, take that on'],
  [/; to take them as (.+?), pass `--accept [\w-]+`/g, '; to take them as $1, take that on'],
  [
    /; to write the archived values over them, pass `--accept [\w-]+`/g,
    '; to write the archived values over them, take that on',
  ],
  [/add them to the inventory: `keel discover` proposes the entries/g, 'look for encrypted columns again'],
  [
    /take the form that `keel discover` proposes for these columns/g,
    'look for encrypted columns again, and take the form that is proposed for these',
  ],
  [/ \(`keel connections test`\)/g, ''],
  [/run `keel discover` for the layout/g, 'look for encrypted columns again for the layout'],
  [/name the column with `--exclude ([^`]+)` to leave/g, 'exclude $1 by name to leave'],
  [/, with `--exclude ([^`]+)`/g, ', by excluding them by name: $1'],
  [/ --exclude /g, ', '],
  [/ \(on the command line: [^)]*\)/g, ''],
  [/, or give more time with --lock-timeout/g, ''],
  [/make one with `keel key generate[^`]*`/g, 'generate one'],
  [/run `keel recover`/g, 'recover'],
  [/run `keel discover` again/g, 'look for encrypted columns again'],
  [/add them \(`keel discover` proposes the entries\)/g, 'look for encrypted columns again, and add them'],
  [/`keel prove`/g, 'Prove'],
  [/pass `--keep-keys-in sealed-file` to keep keys/g, 'keep keys'],
  [/pass `--keep-keys-in sealed-file`/g, 'keep keys in a sealed file'],
  [/, or keep keys elsewhere with `--keep-keys-in`/g, ', or keep keys in a sealed file'],
  [/pass `--keep-keys-in ([\w-]+)`/g, 'open the $1 where it was kept'],
  [/give the key itself with `--from-key-file FILE`/g, 'adopt the key itself'],
  [/give it with `--passphrase-file FILE` or in KEEL_PASSPHRASE/g, 'type it'],
  [
    /choose `--keep-keys-in sealed-file` \(or keychain\), or give both keys as files/g,
    'choose where keys are kept',
  ],
  [/put it into the URL, PGPASSWORD or ~\/\.pgpass/g, 'type it into its field'],
  [/check the name after the last `\/`/g, 'check the name of the database'],
  [
    /name the authority that signed it with sslrootcert=FILE/g,
    'choose the certificate of the authority that signed it',
  ],
  [/sslrootcert=FILE naming the authority/g, 'a root certificate of the authority'],
  [/another sslrootcert naming the authority/g, 'another root certificate, that of the authority'],
  [/add \w+=FILE/g, 'choose it too'],
  [/run it (on the machine and account that rotated), or rotate with both keys given/g, 'do this $1'],
  [/: under Prove, or with `keel (?:discover|prove)`/g, ', under Prove'],
  [/give it with --key-file instead/g, 'adopt it as a typed key instead'],
  [/run the command again/g, 'try again'],
  [/add one with `keel env add[^`]*`/g, 'connect one'],
  [
    /add them to the inventory: `keel discover` proposes the entries/g,
    'look for encrypted columns again, and add them',
  ],
  [
    /; to write the archived values over them, pass `--accept unopened-rows`/g,
    '; to write the archived values over them, take that on',
  ],
  [
    /; to write missing values back, pass `--accept missing-values`/g,
    '; to write missing values back, choose that',
  ],
  [
    /`keel credentials verify` lists them; `age --decrypt` prints/g,
    'comparing lists them; `age --decrypt` prints',
  ],
  [/give it with --key-file instead/g, 'adopt it as a key instead'],
  [/run `keel sweep` first/g, 'look for stragglers first'],
  [
    /state it with `keel key dumps --none-before TIME`, then destroy the key/g,
    'state it, then destroy the key',
  ],
  [/run `keel key destroy` again/g, 'destroy the key again'],
  [/look at the key ring \(`keel key list`\)/g, 'look at the key ring'],
  [/ \(`keel fleet rotate`\)/g, ', under Fleet'],
];

/** A remedy or message of the core in the words of the window. */
export function inWindowWords(text: string): string {
  return turns.reduce((turned, [pattern, words]) => turned.replace(pattern, words), text);
}
