import { formatCount } from '#shared/counted';
import { type Command, Option } from '@commander-js/extra-typings';
import {
  type ArtefactForm,
  type ArtefactKeys,
  type ArtefactSource,
  onlyOf,
  openKeys,
} from '#backup/artefact';
import type { ArtefactBreak } from '#backup/artefact-break';
import { applicationNamed, asChosen, readerOfChosen } from '#applications/applications';
import { readEnvironmentSettings } from '#environments/environment-settings';
import { applicationOption, otherApplication } from '#commands/keys/application-option';
import { restoreKey } from '#backup/use-cases/restore';
import type { Application } from '#contract/application';
import { ApplicationKey } from '#crypto/application-key';
import type { EncryptionKey } from '#crypto/encryption-key';
import { writeDurably } from '#storage/durable-file';
import { inTerminalWords } from '#commands/act-text';
import { readArtefact } from './given-artefact.ts';
import { isSameSet, setsOf } from '#keyring/share-sets';
import { visible } from '#shared/visible-text';
import { sayShares } from './shares/report-text.ts';
import { standingInWords } from './shares/set-text.ts';
import { asFingerprint } from './fingerprint-option.ts';
import type { Terminal } from '#commands/terminal';
import { type CommandContext, environmentFolderOf, runs, type OptionsOf } from '#commands/command-context';
import {
  commandAudit,
  commandWorkspace,
  useCaseContext,
  workspaceIfGiven,
} from '#commands/command-workspace';
import { givenInventory } from '#commands/proof/inventory-file';
import {
  databaseOption,
  sharesPassphraseOption,
  excludeOption,
  inventoryOption,
  jsonOption,
  keepKeysOption,
  ringPassphraseOption,
} from '#commands/options';

function offer(command: Command) {
  return command
    .requiredOption('--artefact <path...>', 'as for `keel backup drill`; for shares, as many as are needed')
    .addOption(new Option('--expect <fingerprint>', 'refuse any key but this one').argParser(asFingerprint))
    .addOption(applicationOption)
    .option('--out <file>', 'write the key to this new file (mode 600) instead of the key ring')
    .option('--identity <file>', 'age: identity file of a recipient, as written by `age-keygen`')
    .option('--passphrase-file <file>', 'age: file with its passphrase (or set KEEL_PASSPHRASE)')
    .addOption(sharesPassphraseOption)
    .addOption(databaseOption)
    .addOption(inventoryOption)
    .addOption(excludeOption)
    .addOption(keepKeysOption)
    .addOption(ringPassphraseOption)
    .addOption(jsonOption);
}
type Options = OptionsOf<typeof offer>;
type ArtefactSets = Extract<ArtefactKeys, { readonly values: unknown }>['sets'];

/** `keel backup restore` */
export function define(command: Command): void {
  runs(offer(command), async (options, context) => {
    const { terminal } = context;
    using artefact = await readArtefact(options.artefact, options);
    const { source } = artefact;
    if ('broken' in source) return sayBroken(source.broken, context);
    const reader = await readerFor(options);
    const choice = { expected: options.expect, reader };
    const waiting = useCaseContext(context);
    if (options.out === undefined) {
      const opened = await openKeys(source, choice, waiting);
      if ('broken' in opened) return sayBroken(opened.broken, context);
      const [first, ...more] = opened.values.flat();
      if (!first) throw new Error('an artefact was opened without a key');
      try {
        if (isOther(first, options.expect)) return sayOther(first, context);
        const name = { artefact: source.form, location: artefact.location };
        if ('sets' in opened) await saySets(opened.sets, options, context);
        const kept = await keep([first, ...more], name, reader, options, context);
        const used = opened.sets?.find(({ key }) => key.fingerprint === kept);
        if (used) terminal.say(`Its shares are those of set ${used.setId}:`);
        sayShares(used?.shares, terminal);
        return kept === undefined ? 3 : 0;
      } finally {
        for (const key of [first, ...more]) key[Symbol.dispose]();
      }
    }
    const read = await openKeys(source, choice, waiting);
    if ('sets' in read) await saySets(read.sets, options, context);
    const opened = onlyOf(read);
    if ('broken' in opened) return sayBroken(opened.broken, context);
    using key = opened.key;
    const { fingerprint } = key;
    if (isOther(key, options.expect)) return sayOther(key, context);
    sayShares(opened.shares, terminal);
    await writeDurably(options.out, Buffer.concat([key.written, Buffer.from('\n')]), { mustBeNew: true });
    await commandAudit(terminal).after({
      action: 'key restored',
      detail: `from ${artefact.location} into ${options.out}`,
      outcome: 'done',
      fingerprint,
    });
    terminal.say(
      `Key ${terminal.paint('accent', fingerprint)} was written to ${options.out} (mode 600), in plain text.`,
    );
    const confirmed = options.expect !== undefined;
    if (!confirmed) sayUnconfirmed(source, terminal);
    if (!confirmed && !reader && key instanceof ApplicationKey) sayAsEncrypted(terminal);
    terminal.result({ ok: true, key: { fingerprint, file: options.out, confirmed } });
    return 0;
  });
}

/**
 * Who reads the key: the application that was named, or that of the environment. Undefined where a key is only written to a file and
 * nobody said.
 */
async function readerFor(options: Options): Promise<Application | undefined> {
  const { application, named, database, out } = options;
  if (application !== undefined) return applicationNamed(application);
  if (named) return readerOfChosen(named.settings.application);
  if (database === undefined) return undefined;
  const settings = await readEnvironmentSettings(environmentFolderOf(options));
  return settings || out === undefined ? readerOfChosen(settings?.application) : undefined;
}

function isOther({ fingerprint }: EncryptionKey, expected: string | undefined): boolean {
  return expected !== undefined && expected !== fingerprint;
}

function sayOther({ fingerprint }: EncryptionKey, { terminal }: CommandContext): 3 {
  terminal.say(terminal.paint('bad', `WRONG: it contains key ${fingerprint}; nothing was stored`));
  terminal.result({ ok: false, result: 'wrong', fingerprint });
  return 3;
}

/** What the register says of each set, where there is more than one to restore from. */
async function saySets(
  sets: ArtefactSets | undefined,
  options: Options,
  context: CommandContext,
): Promise<void> {
  if (!sets || sets.length < 2) return;
  const { terminal } = context;
  using workspace = await workspaceIfGiven(options, context);
  const ring = await workspace?.readRing();
  const known = ring ? setsOf(ring) : [];
  terminal.say(`These are ${sets.length} complete sets of shares:`);
  for (const { setId, set, key } of sets) {
    const found = known.find((one) => one.set === setId && set && isSameSet(one, set));
    const standing = found ? visible(standingInWords(found)) : 'it is not registered here';
    terminal.say(`  set ${setId} restores key ${key.fingerprint}; ${standing}`);
  }
}

/** Ballast would not read every text that somebody backed up. */
function sayAsEncrypted(terminal: Terminal): void {
  terminal.note(
    'The key is written exactly as it was encrypted. If it is Ballast’s in hex or in another form, add --application ballast for the base64 that Ballast reads.',
  );
}

/** Nothing was compared: neither a fingerprint nor a database said that this is the right key. */
function sayUnconfirmed({ form }: ArtefactSource, terminal: Terminal): void {
  terminal.note(
    terminal.paint(
      'warning',
      'Nothing confirms yet that it is the right key: compare its fingerprint, or prove it with `keel prove --key-file FILE`.',
    ),
  );
  if (form === 'shares')
    terminal.note(
      'Shares that another tool created with a passphrase restore a different key without --shares-passphrase-file.',
    );
}

/** Into the key ring, once the database has told which one is its key: the fingerprint of that, or undefined where it is none of them. */
async function keep(
  keys: readonly [EncryptionKey, ...EncryptionKey[]],
  artefact: { readonly artefact: ArtefactForm; readonly location: string },
  reader: Application | undefined,
  options: Options,
  context: CommandContext,
): Promise<string | undefined> {
  const { terminal, signal } = context;
  const fingerprint = keys.map((key) => key.fingerprint).join(' or ');
  const inventory = await givenInventory(options);
  const { ringPassphraseFile, keepKeysIn, named } = options;
  using workspace = await commandWorkspace(
    {
      ...(named && { named }),
      ...(options.database !== undefined && { database: options.database }),
      ...(keepKeysIn && { keepKeysIn }),
      ...(ringPassphraseFile !== undefined && { passphraseFile: ringPassphraseFile }),
    },
    context,
  );
  const database = await workspace.database();
  const restored = await restoreKey(
    workspace,
    {
      ...{ keys, artefact, inventory, excluded: options.exclude },
      ...(reader && otherApplication({ application: reader.id }) && { application: asChosen(reader) }),
    },
    { signal, audit: commandAudit(terminal) },
  );
  if (!restored.kept && restored.isEmpty) {
    terminal.say(
      terminal.paint(
        'warning',
        `NO VERDICT: in ${database.label} nothing was found that looks encrypted, so Keel cannot tell whether ${fingerprint} is its key`,
      ),
    );
    terminal.say(
      'Nothing was stored. Load the dump first if the tables are empty; else list the encrypted columns with --inventory. Then restore again, or write the key to a file with --out.',
    );
    terminal.result({ ok: false, result: 'inconclusive', fingerprint });
    return undefined;
  }
  if (!restored.kept) {
    const verdict = restored.verdict.toUpperCase();
    terminal.say(
      terminal.paint('bad', `${verdict}: key ${fingerprint} is not proven to decrypt ${database.label}`),
    );
    terminal.say('Nothing was stored. `keel backup prove` shows which values it decrypts.');
    if (restored.verdict === 'mixed')
      terminal.say(
        'If the others are encrypted with keys of their own, pass `--exclude TABLE.COLUMN` for their columns.',
      );
    terminal.result({ ok: false, result: restored.verdict, fingerprint });
    return undefined;
  }
  const { state, proof, fingerprint: right } = restored;
  const bits = formatCount(proof.bits);
  terminal.say(
    terminal.paint('good', `✓ Key ${right} decrypts ${database.label}: ${bits} bits of evidence.`),
  );
  terminal.say(`It is in the key ring as ${state}.`);
  terminal.result({ ok: true, key: { fingerprint: right, state, bits: proof.bits } });
  return right;
}

function sayBroken({ breaksAt, message, remedy }: ArtefactBreak, { terminal }: CommandContext): 3 {
  terminal.say(terminal.paint('bad', `INVALID at ${breaksAt}: ${message}; nothing was stored`));
  terminal.say(`→ ${inTerminalWords(remedy)}`);
  terminal.result({ ok: false, result: 'invalid', breaksAt, message, remedy });
  return 3;
}
