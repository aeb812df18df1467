import { Command, Option } from 'commander';
import { type Database, type KeyPlace, openEnvironment } from '../compose.ts';
import type { Inventory } from '#contract/inventory';
import { assertFitForEncryption, type EncryptionKey, generateEncryptionKey } from '#crypto/encryption-key';
import type { Secret } from '#crypto/secret';
import { KeelError } from '#errors/keel-error';
import { discoverColumns } from '#discovery/discovery';
import type { AcceptableStop } from '#rewrite/finding';
import { type CommandContext, readPassphrase, requireDatabase, runs } from './command-context.ts';
import { sayDiscovery } from './discover.ts';
import { givenInventory } from './inventory-file.ts';
import { type KnownValueSource, knownValueOptions, readKnownValue } from './known-value.ts';
import { readKey, readKeyFile } from './key-source.ts';
import type { Named } from './named-environment.ts';
import {
  acceptOption,
  databaseOption,
  excludeOption,
  inventoryOption,
  jsonOption,
  keepKeysOption,
  leaveOption,
  lockTimeoutOption,
  passphraseOption,
  sampledOption,
  yesOption,
} from './options.ts';
import { performRotation, type RotationSettings, rotationJson, sayRotation } from './perform-rotation.ts';
import { backUpAndDrill, proveOwnFile } from './prove-artefact.ts';
import { activeKey } from './ring-key.ts';

interface Options extends Named, KnownValueSource {
  readonly database?: string;
  readonly inventory?: string;
  readonly fromKeyFile?: string;
  readonly fromKeyEnv?: string;
  readonly toKeyFile?: string;
  readonly newKey?: boolean;
  readonly backup?: string;
  readonly passphraseFile?: string;
  readonly rehearse?: boolean;
  readonly yes?: boolean;
  readonly exclude: readonly string[];
  readonly leave: readonly string[];
  readonly sampled?: boolean;
  readonly accept: readonly AcceptableStop[];
  readonly lockTimeout: number;
  readonly keepKeysIn?: KeyPlace;
}

export function rotateCommand(): Command {
  const command = new Command('rotate')
    .description('re-encrypt every value under a new key, in one transaction that is verified before COMMIT')
    .addOption(databaseOption)
    .addOption(inventoryOption)
    .option('--from-key-file <file>', 'the key that the database is under now')
    .option('--from-key-env <variable>', 'the same, from an environment variable')
    .option('--to-key-file <file>', 'the new key, in your own file, which counts as its backup')
    .addOption(new Option('--new-key', 'let Keel make the new key; needs --backup').conflicts('toKeyFile'))
    .option(
      '--backup <file>',
      'age file for the new key; the key is restored from it before anything changes',
    )
    .addOption(passphraseOption)
    .option('--rehearse', 'do everything, then roll back')
    .addOption(excludeOption)
    .addOption(leaveOption)
    .addOption(sampledOption)
    .addOption(acceptOption)
    .addOption(lockTimeoutOption)
    .addOption(keepKeysOption)
    .addOption(yesOption)
    .addOption(jsonOption);
  for (const option of knownValueOptions) command.addOption(option);
  return runs<Options>(command, async (options, context) => {
    const database = requireDatabase(options);
    const given = await givenInventory(options);
    using from = await readFromKey(options);
    using to = await readToKey(options);
    using passphrase = await readPassphrase(options);
    using knownValue = await readKnownValue(options);
    assertFitForEncryption(to);
    if (from.fingerprint === to.fingerprint) {
      const message = 'the old and the new key are the same; nothing was changed';
      throw new KeelError('same-key', message, 'give another new key');
    }
    const performed = await performRotation(
      {
        database,
        inventory: given ?? (await discoverInventory(database, from, context)),
        keys: {
          from,
          to,
          toMayBePresent: options.accept.includes('half-rotated'),
          takeAmbiguousAsFrom: options.accept.includes('ambiguous-rows'),
        },
        purpose: 'rotate',
        excluded: options.exclude,
        accepted: options.accept,
        left: options.leave,
        sampled: options.sampled ?? false,
        knownValue,
        lockTimeoutMs: options.lockTimeout,
        rehearsal: options.rehearse ?? false,
        yes: options.yes ?? false,
        openEnvironment: () =>
          openEnvironment(database, {
            ...(options.keepKeysIn && { place: options.keepKeysIn }),
            ...(passphrase && { passphrase }),
            ownFiles: ownFilesOf(options, from, to),
          }),
        madeHere: options.toKeyFile === undefined,
        proveArtefact: artefactOf(options, to, passphrase),
      },
      context,
    );
    sayRotation(performed, context.terminal);
    if (!performed.rehearsal) {
      context.terminal.say('\nNext: give Ballast the new key, start it, then run `keel sweep`.');
      context.terminal.say('To go back: `keel undo`.');
    }
    context.terminal.result({ ok: true, rotation: rotationJson(performed) });
    return 0;
  });
}

async function readFromKey(options: Options): Promise<EncryptionKey> {
  const { fromKeyFile, fromKeyEnv, accept, named } = options;
  if (fromKeyFile === undefined && fromKeyEnv === undefined) {
    if (named) return activeKey(named, options);
    throw new KeelError(
      'usage',
      'the old key was not given',
      'give --from-key-file FILE or --from-key-env VARIABLE, or an environment with --env NAME',
    );
  }
  const source = {
    ...(fromKeyFile !== undefined && { keyFile: fromKeyFile }),
    ...(fromKeyEnv !== undefined && { keyEnv: fromKeyEnv }),
  };
  return readKey(source, { allowWeak: accept.includes('weak-from-key') });
}

async function readToKey({ toKeyFile, newKey, backup, rehearse }: Options): Promise<EncryptionKey> {
  if (toKeyFile !== undefined) return readKeyFile(toKeyFile);
  if (!newKey) {
    throw new KeelError(
      'usage',
      'the new key was not given',
      'give --to-key-file FILE, or --new-key with --backup FILE',
    );
  }
  if (backup === undefined && !rehearse) {
    throw new KeelError(
      'artefact-missing',
      'a key that Keel makes needs a backup before anything depends on it; nothing was changed',
      'add --backup FILE and --passphrase-file FILE',
    );
  }
  return generateEncryptionKey();
}

function artefactOf(
  { toKeyFile, backup }: Options,
  to: EncryptionKey,
  passphrase: Secret | undefined,
): NonNullable<RotationSettings['proveArtefact']> {
  if (toKeyFile !== undefined) return () => proveOwnFile(toKeyFile, to);
  return async ({ name }) => {
    if (passphrase && backup !== undefined) return backUpAndDrill(backup, to, passphrase, name);
    throw new KeelError(
      'passphrase-missing',
      'the backup of the new key needs a passphrase; nothing was changed',
      'give it with --passphrase-file FILE or in KEEL_PASSPHRASE',
    );
  };
}

/** Key files that the admin gave, by fingerprint: where there is no keychain, the keys stay there. */
function ownFilesOf(options: Options, from: EncryptionKey, to: EncryptionKey): Map<string, string> {
  const files = new Map<string, string>();
  if (options.fromKeyFile !== undefined) files.set(from.fingerprint, options.fromKeyFile);
  if (options.toKeyFile !== undefined) files.set(to.fingerprint, options.toKeyFile);
  return files;
}

/** Without an inventory, what discovery finds under the old key is rotated, and shown for the confirmation. */
async function discoverInventory(
  database: Database,
  key: EncryptionKey,
  { terminal, signal }: CommandContext,
): Promise<Inventory> {
  const client = await database.open('keel discover');
  try {
    const discovery = await discoverColumns(client, { key, signal });
    if (discovery.proposed.length > 0) {
      sayDiscovery(discovery, terminal);
      terminal.say();
      return discovery.inventory;
    }
    throw new KeelError(
      'key-wrong',
      `the old key ${key.fingerprint} opens nothing in this database; nothing was changed`,
      'find the key that Ballast runs with, or name the columns with --inventory FILE',
    );
  } finally {
    await client.end();
  }
}
