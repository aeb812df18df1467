import { type Command, Option } from '@commander-js/extra-typings';
import type { Inventory } from '#contract/inventory';
import { type EncryptionKey, generateEncryptionKey } from '#crypto/encryption-key';
import type { Secret } from '#crypto/secret';
import { KeelError } from '#errors/keel-error';
import { newKeyOf } from '#keys/new-key';
import { discoverColumns } from '#discovery/discovery';
import type { ArtefactProof } from '#rotation/run/key-port';
import { rotate } from '#rotation/use-cases/rotate';
import type { Database } from '#workspace/database';
import { type CommandContext, readPassphrase, runs, type OptionsOf } from '#commands/command-context';
import type { Derivations } from '#shared/derivations';
import { commandWorkspace, sayDerivations } from '#commands/command-workspace';
import { sayDiscovery } from '#commands/proof/discovery-report';
import { foreignInWords } from '#commands/proof/foreign-report';
import { givenInventory } from '#commands/proof/inventory-file';
import type { ApplicationForm } from '#applications/applications';
import { applicationOption, otherApplication, otherForms } from '#commands/keys/application-option';
import { readKey, readKeyFile } from '#commands/keys/key-source';
import { withKnownValue, readKnownValue, sayIvProof } from '#commands/proof/known-value';
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
  portableOption,
  ringPassphraseOption,
  sampledOption,
  yesOption,
} from '#commands/options';
import { backUpAndDrill, proveOwnFile } from '#commands/backup/prove-artefact';
import type { Terminal } from '#commands/terminal';
import {
  describeProof,
  envIn,
  reportRewrite,
  rotationJson,
  sayNextForBallast,
  sayRotation,
} from './report.ts';

function offer(command: Command) {
  return withKnownValue(
    command
      .addOption(databaseOption)
      .addOption(inventoryOption)
      .addOption(applicationOption)
      .option('--from-key-file <file>', 'the key that the database is encrypted with now')
      .option('--from-key-env <variable>', 'the same, from an environment variable')
      .option('--to-key-file <file>', 'the new key, in your own file, which counts as its backup')
      .addOption(
        new Option('--new-key', 'let Keel generate the new key; requires --backup').conflicts('toKeyFile'),
      )
      .option(
        '--backup <file>',
        'age file for the new key; the key is restored from it before anything changes',
      )
      .addOption(passphraseOption)
      .addOption(ringPassphraseOption)
      .option('--rehearse', 'do everything, then roll back')
      .addOption(excludeOption)
      .addOption(leaveOption)
      .addOption(sampledOption)
      .addOption(acceptOption)
      .addOption(lockTimeoutOption)
      .addOption(portableOption)
      .addOption(keepKeysOption)
      .addOption(yesOption)
      .addOption(jsonOption),
  );
}
type Options = OptionsOf<typeof offer>;

/** `keel rotate` */
export function define(command: Command): void {
  runs(offer(command), async (options, context) => {
    const given = await givenInventory(options);
    const ownFiles = new Map<string, string>();
    const { ringPassphraseFile = options.passphraseFile } = options;
    const ring = {
      ...options,
      ...(ringPassphraseFile !== undefined && { passphraseFile: ringPassphraseFile }),
    };
    using workspace = await commandWorkspace(ring, context, ownFiles);
    using knownValue = await readKnownValue(options);
    using from = await readFromKey(options);
    using to = await readToKey(options, from);
    using passphrase = await readPassphrase(options);
    if (from && options.fromKeyFile !== undefined) ownFiles.set(from.fingerprint, options.fromKeyFile);
    if (to && options.toKeyFile !== undefined) ownFiles.set(to.fingerprint, options.toKeyFile);
    const database = await workspace.database();
    const { terminal } = context;
    const rehearsal = options.rehearse ?? false;
    const reporting = reportRewrite(database, options.yes ?? false, context);
    const result = await rotate(
      workspace,
      {
        inventory: given ?? ((key) => discoverInventory(database, key, otherForms(options), context)),
        keys: { from, to },
        excluded: options.exclude,
        accepted: options.accept,
        left: options.leave,
        sampled: options.sampled ?? false,
        lockTimeoutMs: options.lockTimeout,
        portable: options.portable ?? false,
        rehearsal,
        onPreflight: reporting.onPreflight,
        knownValue,
        onIvProof: (proof) => sayIvProof(proof, terminal),
        async prepareKeys({ keyRing }) {
          // one that waits in the ring was backed up before
          if (!to) return;
          const isOurs = options.toKeyFile === undefined;
          await keyRing.hold(to, 'pending', isOurs ? 'generated' : undefined);
          const proof = await proveArtefact(options, to, passphrase, workspace.name);
          await keyRing.recordProof(to.fingerprint, proof);
          terminal.say(describeProof(proof));
        },
      },
      reporting.context,
    );
    sayRotation(result, terminal);
    if (options.sampled) {
      const words =
        'sampled: only samples were scanned for other places encrypted with the old key; `keel sweep` reads everything';
      terminal.say(terminal.paint('warning', `  ${words}`));
    }
    if (!rehearsal) {
      sayNext(options, terminal);
      terminal.say(`To go back: \`keel undo${envIn(options)}\`.`);
    }
    const rotation = rotationJson(result, reporting.warnings());
    terminal.result({ ok: true, rotation: { ...rotation, sampled: options.sampled ?? false } });
    return 0;
  });
}

function sayNext(options: Options, terminal: Terminal): void {
  const application = otherApplication(options);
  if (!application) {
    sayNextForBallast(options, 'new', terminal);
    return;
  }
  const { name, variables, restart, alsoUnderTheKey } = application;
  terminal.say(`\nNext: give ${name} the new key (${variables.join('; ')}). ${restart}`);
  for (const one of alsoUnderTheKey) terminal.say(`The same key is also used for: ${one}`);
  terminal.say('Keep the old key for as long as a dump of the database may need it.');
}

/** Undefined where the active key of the environment is meant. */
async function readFromKey(options: Options): Promise<EncryptionKey | undefined> {
  const { fromKeyFile, fromKeyEnv, accept, application, named } = options;
  if (fromKeyFile === undefined && fromKeyEnv === undefined) {
    if (named) return undefined;
    throw new KeelError(
      'usage',
      'the old key was not given',
      'pass --from-key-file FILE or --from-key-env VARIABLE, or an environment with --env NAME',
    );
  }
  const source = {
    ...(fromKeyFile !== undefined && { keyFile: fromKeyFile }),
    ...(fromKeyEnv !== undefined && { keyEnv: fromKeyEnv }),
    ...(application !== undefined && { application }),
  };
  return readKey(source, { allowWeak: accept.includes('weak-from-key') });
}

/** Undefined where the key that waits in the ring of the environment is meant. */
async function readToKey(
  options: Options,
  from: EncryptionKey | undefined,
): Promise<EncryptionKey | undefined> {
  const { toKeyFile, newKey, backup, rehearse, named } = options;
  const application = otherApplication(options);
  if (toKeyFile !== undefined) return readKeyFile(toKeyFile, { asWritten: application !== undefined });
  if (!newKey) {
    if (named) return undefined;
    throw new KeelError(
      'usage',
      'the new key was not given',
      'pass --to-key-file FILE, or --new-key with --backup FILE, or an environment whose key ring has a pending key',
    );
  }
  if (application && !from) {
    throw new KeelError(
      'usage',
      `a new key of ${application.name} is generated in the format of the old one, which was not given here; nothing was changed`,
      'pass --from-key-file FILE, or generate the new key in the key ring with `keel key generate --env NAME` and back it up',
    );
  }
  if (backup === undefined && !rehearse) {
    throw new KeelError(
      'artefact-missing',
      'a key that Keel generates needs a backup before anything depends on it; nothing was changed',
      'add --backup FILE and --passphrase-file FILE',
    );
  }
  return application ? newKeyOf(application, from) : generateEncryptionKey();
}

/** Makes sure that the new key can be restored: from the admin's own file, or from a backup made for it. */
async function proveArtefact(
  { toKeyFile, backup }: Options,
  to: EncryptionKey,
  passphrase: Secret | undefined,
  environment: string,
): Promise<ArtefactProof> {
  if (toKeyFile !== undefined) return proveOwnFile(toKeyFile, to);
  if (passphrase && backup !== undefined) return backUpAndDrill(backup, to, passphrase, environment);
  throw new KeelError(
    'passphrase-missing',
    'the backup of the new key needs a passphrase; nothing was changed',
    'pass it with --passphrase-file FILE or set KEEL_PASSPHRASE',
  );
}

/** Without an inventory, what discovery finds under the old key is rotated, and shown for the confirmation. */
async function discoverInventory(
  database: Database,
  key: EncryptionKey,
  forms: readonly ApplicationForm[] | undefined,
  { terminal, signal }: CommandContext,
): Promise<Inventory> {
  await using client = await database.open('keel discover');
  const onDerivations = (derivations: Derivations) => sayDerivations(derivations, terminal);
  const discovery = await discoverColumns(client, { key, forms, signal, onDerivations });
  if (discovery.proposed.length > 0) {
    sayDiscovery(discovery, terminal, true);
    terminal.say();
    return discovery.inventory;
  }
  const foreign = discovery.unopened.filter((one) => one.foreign !== undefined);
  throw new KeelError(
    'key-wrong',
    [
      `the old key ${key.fingerprint} decrypts nothing in this database`,
      ...foreignInWords(foreign),
      'nothing was changed',
    ].join('; '),
    foreign.length > 0 && !forms
      ? 'find the key that Ballast uses, or pass --application NAME if the key belongs to another application'
      : `find the key that ${forms?.[0]?.application.name ?? 'Ballast'} uses, or list the columns with --inventory FILE`,
  );
}
