import { Argument, type Command, Option } from '@commander-js/extra-typings';
import { environmentColour } from '#contract/environments';
import { keyPlace } from '#contract/key-record';
import { asChosen } from '#applications/applications';
import { keelHome } from '#environments/keel-home';
import { passwordStore } from '#keyring/password-store';
import { addressOf } from '#postgres/database-address';
import { openDatabase } from '#workspace/database';
import { addEnvironment } from '#workspace/use-cases/add-environment';
import { readPassphrase, runsNamed, sayNotes } from '#commands/command-context';
import { commandAudit } from '#commands/command-workspace';
import { applicationOption, otherApplication } from '#commands/keys/application-option';
import { readInventory } from '#commands/proof/inventory-file';
import { inventoryOption, jsonOption, passphraseOption } from '#commands/options';
import { shellWord } from '#shared/shell-word';

/** `keel env add` */
export function define(command: Command): void {
  const offered = command
    .addArgument(new Argument('<name>', 'its name, up to 60 characters'))
    .requiredOption('--database <url>', 'postgres://user@host:port/name?sslmode=…')
    .addOption(
      new Option('--keep-keys-in <place>', 'where its keys are stored (the keychain by default)').choices(
        keyPlace.options,
      ),
    )
    .addOption(passphraseOption)
    .addOption(inventoryOption)
    .addOption(applicationOption)
    .addOption(
      new Option('--colour <colour>', 'its colour in the app')
        .choices(environmentColour.options)
        .default('blue'),
    )
    .option('--production', 'mark it as production on every screen')
    .option('--remember-password', 'store the database password in the keychain')
    .addOption(jsonOption);
  runsNamed(offered, async ([typed], options, { terminal }) => {
    const name = typed.trim();
    const database = openDatabase(options.database);
    sayNotes(database, terminal);
    using password = database.target.password;
    const address = addressOf(database.target);
    const inventory = options.inventory === undefined ? undefined : await readInventory(options.inventory);
    const application = otherApplication(options);
    const place = options.keepKeysIn ?? 'keychain';
    using passphrase = place === 'sealed-file' ? await readPassphrase(options) : undefined;
    const { id } = await addEnvironment(
      {
        home: keelHome(),
        name,
        colour: options.colour,
        production: options.production ?? false,
        address,
        password,
        rememberPassword: options.rememberPassword ?? false,
        keyPlace: place,
        passphrase: passphrase?.bytes.toString('utf8'),
        application: application && asChosen(application),
        columns: inventory?.columns ?? [],
      },
      { passwords: passwordStore(), audit: commandAudit(terminal) },
    );
    terminal.say(
      `Added ${terminal.paint('accent', name)}: ${database.label}. Its keys are stored in ${inWords[place]}.`,
    );
    if (password && !options.rememberPassword) {
      terminal.say(
        'Its password was not stored: set PGPASSWORD, add it to ~/.pgpass, or enter it in the app.',
      );
    }
    terminal.say(`Use it with \`--env ${shellWord(name)}\` or in the app.`);
    const { host, port, database: databaseName, user } = address;
    terminal.result({
      ok: true,
      environment: { id, name, host, port, database: databaseName, user, keyPlace: place },
    });
    return 0;
  });
}

const inWords = { keychain: 'the keychain', 'sealed-file': 'an encrypted key file' } as const;
