import { formatCount } from '#shared/counted';
import { type Command, Option } from '@commander-js/extra-typings';
import { type ArtefactForm, type ArtefactSource, openArtefact } from '#backup/artefact';
import type { ArtefactBreak } from '#backup/artefact-break';
import { restoreKey } from '#backup/use-cases/restore';
import type { EncryptionKey } from '#crypto/encryption-key';
import { writeDurably } from '#storage/durable-file';
import { inTerminalWords } from '#commands/act-text';
import { readArtefact } from './given-artefact.ts';
import { asFingerprint } from './fingerprint-option.ts';
import type { Terminal } from '#commands/terminal';
import { type CommandContext, runs, type OptionsOf } from '#commands/command-context';
import { commandAudit, commandWorkspace, useCaseContext } from '#commands/command-workspace';
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

/** `keel backup restore` */
export function define(command: Command): void {
  runs(offer(command), async (options, context) => {
    const { terminal } = context;
    using artefact = await readArtefact(options.artefact, options);
    const { source } = artefact;
    if ('broken' in source) return sayBroken(source.broken, context);
    const opened = await openArtefact(source, options.expect, useCaseContext(context));
    if ('broken' in opened) return sayBroken(opened.broken, context);
    using key = opened.key;
    const { fingerprint } = key;
    if (options.expect !== undefined && options.expect !== fingerprint) {
      terminal.say(terminal.paint('bad', `WRONG: it contains key ${fingerprint}; nothing was stored`));
      terminal.result({ ok: false, result: 'wrong', fingerprint });
      return 3;
    }
    if (options.out !== undefined) {
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
      terminal.result({ ok: true, key: { fingerprint, file: options.out, confirmed } });
      return 0;
    }
    return await keep(key, { artefact: source.form, location: artefact.location }, options, context);
  });
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

/** Into the key ring, once the database has told that this is its key. */
async function keep(
  key: EncryptionKey,
  artefact: { readonly artefact: ArtefactForm; readonly location: string },
  options: Options,
  context: CommandContext,
): Promise<0 | 3> {
  const { terminal, signal } = context;
  const { fingerprint } = key;
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
    { key, artefact, inventory, excluded: options.exclude },
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
    return 3;
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
    return 3;
  }
  const { state, proof } = restored;
  const bits = formatCount(proof.bits);
  terminal.say(
    terminal.paint('good', `✓ Key ${fingerprint} decrypts ${database.label}: ${bits} bits of evidence.`),
  );
  terminal.say(`It is in the key ring as ${state}.`);
  terminal.result({ ok: true, key: { fingerprint, state, bits: proof.bits } });
  return 0;
}

function sayBroken({ breaksAt, message, remedy }: ArtefactBreak, { terminal }: CommandContext): 3 {
  terminal.say(terminal.paint('bad', `INVALID at ${breaksAt}: ${message}; nothing was stored`));
  terminal.say(`→ ${inTerminalWords(remedy)}`);
  terminal.result({ ok: false, result: 'invalid', breaksAt, message, remedy });
  return 3;
}
