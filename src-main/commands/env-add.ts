import { basename } from 'node:path';
import { Argument, Command, Option } from 'commander';
import { type Database, openDatabase } from '../compose.ts';
import { environmentColour, type EnvironmentColour, keyPlace, type Transport } from '#contract/environments';
import type { Inventory } from '#contract/inventory';
import type { Secret } from '#crypto/secret';
import { environmentNameOf } from '#environments/environment-name';
import { readEnvironmentSettings, addEnvironmentSettings } from '#environments/environment-settings';
import { environmentFolder, keelHome } from '#environments/keel-home';
import { knownEnvironments } from '#environments/known-environments';
import { KeelError } from '#errors/keel-error';
import { keychainWorks } from '#keyring/keychain';
import { passwordStore } from '#keyring/password-store';
import { checkPassphrase } from '#keyring/sealed-passphrase';
import { readCatalog } from '#postgres/catalog';
import { addressOf } from '#postgres/database-address';
import { resolveInventory } from '#postgres/table-target';
import { transportOf } from '#postgres/transport';
import { noteEffect } from './activity.ts';
import { readPassphrase, runsNamed } from './command-context.ts';
import { readInventory } from './inventory-file.ts';
import { inventoryOption, jsonOption, passphraseOption } from './options.ts';

type KeyPlace = 'keychain' | 'sealed-file';

interface Options {
  readonly database: string;
  readonly keepKeysIn?: KeyPlace;
  readonly passphraseFile?: string;
  readonly inventory?: string;
  readonly colour: EnvironmentColour;
  readonly production?: boolean;
  readonly rememberPassword?: boolean;
}

export function envAddCommand(): Command {
  const command = new Command('add')
    .description(
      'connect a database as an environment, which `--env NAME` and the desktop app know from then on',
    )
    .addArgument(new Argument('<name>', 'what to call it, up to 60 characters'))
    .requiredOption('--database <url>', 'postgres://user@host:port/name?sslmode=…')
    .addOption(
      new Option('--keep-keys-in <place>', 'where its keys are kept (by default the keychain)').choices(
        keyPlace.options,
      ),
    )
    .addOption(passphraseOption)
    .addOption(inventoryOption)
    .addOption(
      new Option('--colour <colour>', 'in the app').choices(environmentColour.options).default('blue'),
    )
    .option('--production', 'marks it on every screen')
    .option('--remember-password', 'keep the password of the database in the keychain')
    .addOption(jsonOption);
  return runsNamed<Options>(command, async (typed, options, { terminal }) => {
    const name = typed.trim();
    if (name === '' || name.length > 60) {
      throw new KeelError('usage', 'the name is empty or longer than 60 characters', 'choose a short name');
    }
    const database = openDatabase(options.database);
    const address = addressOf(database.target);
    using password = database.target.password;
    const home = keelHome();
    await assertNameFree(home, name);
    const inventory = options.inventory === undefined ? undefined : await readInventory(options.inventory);
    const transport = await tryOut(database, inventory);
    const folder = await environmentFolder(
      home,
      environmentNameOf(address.host, address.port, address.database),
    );
    const known = await readEnvironmentSettings(folder);
    if (known) {
      throw new KeelError(
        'environment-exists',
        `this database is connected already, as ${known.name}; nothing was changed`,
        `use it with \`--env '${known.name}'\`, or remove it first: its keys stay`,
      );
    }
    const place = await placeFor(folder, options);
    if (options.rememberPassword) await remember(basename(folder), password);
    await addEnvironmentSettings(folder, {
      name,
      colour: options.colour,
      production: options.production ?? false,
      addedAt: new Date().toISOString(),
      address,
      keyPlace: place,
      hasPassword: password !== undefined,
      rememberPassword: options.rememberPassword ?? false,
      inventory: inventory?.columns ?? [],
      excluded: [],
      targets: [],
      transport,
    });
    const detail = database.label;
    await noteEffect(terminal, { folder, action: 'database connected', detail, outcome: 'done' });
    terminal.say(
      `${terminal.paint('accent', name)} is ${database.label}, its keys are kept in ${inWords[place]}.`,
    );
    if (password && !options.rememberPassword) {
      terminal.say('Its password was not kept: give it in PGPASSWORD or ~/.pgpass, or type it in the app.');
    }
    terminal.say(`Use it with \`--env '${name}'\`, and in the app.`);
    const { host, port, database: databaseName, user } = address;
    terminal.result({
      ok: true,
      environment: { id: basename(folder), name, host, port, database: databaseName, user, keyPlace: place },
    });
    return 0;
  });
}

const inWords = { keychain: 'the keychain', 'sealed-file': 'a file sealed under a passphrase' } as const;

async function assertNameFree(home: string, name: string): Promise<void> {
  const { environments } = await knownEnvironments(home);
  if (!environments.some(({ settings }) => settings.name === name)) return;
  throw new KeelError(
    'environment-exists',
    `an environment is named ${name} already; nothing was changed`,
    'choose another name',
  );
}

/** Connects once, so that what cannot work is said here. */
async function tryOut(database: Database, inventory: Inventory | undefined): Promise<Transport> {
  const client = await database.open('keel connect');
  try {
    if (inventory) resolveInventory(inventory, await readCatalog(client));
    return transportOf(client, database.target);
  } finally {
    await client.end();
  }
}

async function placeFor(folder: string, options: Options): Promise<KeyPlace> {
  const place = options.keepKeysIn ?? 'keychain';
  if (place === 'keychain') {
    const check = await keychainWorks();
    if (!check.works) throw check.error;
    return place;
  }
  using passphrase = await readPassphrase(options);
  await checkPassphrase(folder, passphrase?.bytes.toString('utf8'));
  return place;
}

async function remember(environment: string, password: Secret | undefined): Promise<void> {
  if (password) return passwordStore().put(environment, password);
  throw new KeelError(
    'password-missing',
    'there is no password to remember; nothing was changed',
    'give it in PGPASSWORD or in the URL',
  );
}
