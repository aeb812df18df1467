import { type Command, Option } from '@commander-js/extra-typings';
import { type Database, openDatabase } from '#workspace/database';
import { readerOfChosen } from '#applications/applications';
import { openArtefact } from '#backup/artefact';
import type { Inventory } from '#contract/inventory';
import type { EncryptionKey } from '#crypto/encryption-key';
import { KeelError } from '#errors/keel-error';
import type { Proof } from '#proof/prove';
import { proveKeys } from '#proof/prove-keys';
import { readArtefacts } from './given-artefact.ts';
import { type CommandContext, runs, type OptionsOf } from '#commands/command-context';
import { useCaseContext } from '#commands/command-workspace';
import { proveInDump } from './dump-proof.ts';
import { givenInventory } from '#commands/proof/inventory-file';
import { databaseOf } from '#commands/environments/named-environment';
import {
  collect,
  excludeOption,
  inventoryOption,
  jsonOption,
  sharesPassphraseOption,
} from '#commands/options';
import { type MatrixRow, matrixJson, sayMatrix } from './proof-matrix.ts';

function offer(command: Command) {
  return command
    .requiredOption(
      '--artefact <path...>',
      'one or more: files, folders of shares, or `-` for words on standard input',
    )
    .addOption(
      new Option('--database <url>', 'a database, including one with a restored dump (repeatable)')
        .default([] as string[], 'KEEL_DATABASE_URL')
        .argParser(collect),
    )
    .addOption(
      new Option(
        '--dump <file>',
        'a dump file, read as it is: plain, or custom format if pg_restore is available (repeatable)',
      )
        .default([] as string[], 'none')
        .argParser(collect),
    )
    .addOption(inventoryOption)
    .option('--identity <file>', 'age: identity file of a recipient, as written by `age-keygen`')
    .option('--passphrase-file <file>', 'age: file with its passphrase (or set KEEL_PASSPHRASE)')
    .addOption(sharesPassphraseOption)
    .addOption(excludeOption)
    .addOption(jsonOption);
}
type Options = OptionsOf<typeof offer>;

/** `keel backup prove` */
export function define(command: Command): void {
  runs(offer(command), async (options, context) => {
    const databases = databasesOf(options, context.signal);
    const inventory = await givenInventory(options);
    const rows = await restoreAll(options, context);
    try {
      const keys = rows.flatMap(({ key }) => (key ? [key] : []));
      const columns = [
        ...(await proveIn(databases, keys, inventory, options.exclude, context)),
        ...(await proveInDumps(options.dump, keys, context)),
      ];
      const matrix: MatrixRow[] = rows.map(({ location, key, broken }) => ({
        location,
        ...(key && { fingerprint: key.fingerprint }),
        ...(broken && { broken }),
        proofs: key ? columns.map((column) => column.get(key) as Proof) : [],
      }));
      const labels = [...databases.map(({ label }) => label), ...options.dump];
      sayMatrix(matrix, labels, context.terminal);
      const isProven = isWhole(matrix, labels.length);
      context.terminal.result({ ok: isProven, ...matrixJson(matrix, labels) });
      return isProven ? 0 : 3;
    } finally {
      for (const { key } of rows) key?.[Symbol.dispose]();
    }
  });
}

function databasesOf({ named, database, dump }: Options, signal: AbortSignal): Database[] {
  if (named) return [databaseOf(named, { signal })];
  if (database.length === 0 && dump.length > 0) return [];
  const byDefault = process.env['KEEL_DATABASE_URL'];
  const urls = database.length === 0 && byDefault ? [byDefault] : database;
  if (urls.length > 0) return urls.map((url) => openDatabase(url, signal));
  throw new KeelError(
    'usage',
    'no database or dump was given',
    'pass --env NAME, --database URL or --dump FILE, or set KEEL_DATABASE_URL',
  );
}

interface Restored {
  readonly location: string;
  readonly key?: EncryptionKey;
  /** Why there is no key. */
  readonly broken?: string;
}

/** Opens each artefact once; the caller disposes the keys. */
async function restoreAll(options: Options, context: CommandContext): Promise<Restored[]> {
  const artefacts = await readArtefacts(options.artefact, options);
  const restored: Restored[] = [];
  try {
    for (const { source, location } of artefacts) {
      const opened =
        'broken' in source
          ? source
          : await openArtefact(
              source,
              { reader: readerOfChosen(options.named?.settings.application) },
              useCaseContext(context),
            );
      restored.push(
        'broken' in opened ? { location, broken: opened.broken.message } : { location, key: opened.key },
      );
    }
    return restored;
  } catch (error) {
    for (const { key } of restored) key?.[Symbol.dispose]();
    throw error;
  } finally {
    for (const artefact of artefacts) artefact[Symbol.dispose]();
  }
}

async function proveIn(
  databases: readonly Database[],
  keys: readonly EncryptionKey[],
  inventory: Inventory | undefined,
  excluded: readonly string[],
  { terminal, signal }: CommandContext,
): Promise<ReadonlyMap<EncryptionKey, Proof>[]> {
  const columns: Map<EncryptionKey, Proof>[] = [];
  if (keys.length === 0) return columns;
  for (const [done, database] of databases.entries()) {
    terminal.progress.show('databases', done, databases.length);
    await using client = await database.open('keel backup prove');
    const proofs = await proveKeys(client, keys, { ...(inventory && { inventory }), excluded, signal });
    columns.push(new Map(keys.map((key, at) => [key, proofs[at] as Proof])));
  }
  return columns;
}

async function proveInDumps(
  paths: readonly string[],
  keys: readonly EncryptionKey[],
  { signal }: CommandContext,
): Promise<ReadonlyMap<EncryptionKey, Proof>[]> {
  const columns: Map<EncryptionKey, Proof>[] = [];
  for (const path of keys.length > 0 ? paths : []) {
    const proofs = await proveInDump(path, keys, signal);
    columns.push(new Map(keys.map((key, at) => [key, proofs[at] as Proof])));
  }
  return columns;
}

/** Every artefact gave a key that opens some database, and every database is opened by some key. */
function isWhole(matrix: readonly MatrixRow[], databases: number): boolean {
  const isCorrect = (proof: Proof | undefined) => proof?.verdict === 'correct';
  const opensSome = matrix.every(({ proofs }) => proofs.some(isCorrect));
  const everyOpened = Array.from({ length: databases }, (_, at) => at).every((at) =>
    matrix.some(({ proofs }) => isCorrect(proofs[at])),
  );
  return opensSome && everyOpened;
}
