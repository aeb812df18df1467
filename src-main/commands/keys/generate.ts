import { resolve } from 'node:path';
import type { Command } from '@commander-js/extra-typings';
import { applicationNamed } from '#applications/applications';
import { generateEncryptionKey } from '#crypto/encryption-key';
import { newKeyOf } from '#keys/new-key';
import { keyClassInWords, keyClassOf } from '#schemes/key-class';
import { writeDurably } from '#storage/durable-file';
import { KeelError } from '#errors/keel-error';
import { generateKey } from '#keys/use-cases/generate';
import { type CommandContext, runs, type OptionsOf } from '#commands/command-context';
import { commandAudit, commandWorkspace, knownWorkspace } from '#commands/command-workspace';
import { databaseOption, jsonOption, passphraseOption } from '#commands/options';
import { applicationOption } from './application-option.ts';
import { readKeyFile } from './key-source.ts';
import { shellWord } from '#shared/shell-word';

function offer(command: Command) {
  return command
    .option('--out <file>', 'the file to create (mode 600); an existing file is never replaced')
    .addOption(applicationOption)
    .option('--like-file <file>', 'an existing key of the application; the new one gets the same format')
    .addOption(databaseOption)
    .addOption(passphraseOption)
    .addOption(jsonOption);
}
type Options = OptionsOf<typeof offer>;

/** `keel key generate` */
export function define(command: Command): void {
  runs(offer(command), async (options, context) => {
    const likeAnother = options.application !== undefined || options.likeFile !== undefined;
    if (options.out !== undefined && likeAnother) return forApplication(options.out, options, context);
    if (options.out !== undefined) return intoFile(options.out, context);
    if (options.named) return intoRing(options, context);
    throw new KeelError(
      'usage',
      'no destination was given for the new key; nothing was generated',
      'pass --out FILE, or --env NAME for the key ring of an environment',
    );
  });
}

/** A key of another application, written as its old one is, or as its documentation says. */
async function forApplication(out: string, options: Options, { terminal }: CommandContext): Promise<0> {
  const application = options.application === undefined ? undefined : applicationNamed(options.application);
  using like =
    options.likeFile === undefined ? undefined : await readKeyFile(options.likeFile, { asWritten: true });
  using key = await newKeyOf(application, like);
  await writeDurably(out, Buffer.concat([key.written, Buffer.from('\n')]), { mustBeNew: true });
  const { fingerprint } = key;
  const manner = keyClassInWords(keyClassOf(key.written));
  await commandAudit(terminal).after({
    action: 'key generated',
    detail: `into ${resolve(out)}`,
    outcome: 'done',
    fingerprint,
  });
  terminal.say(`A new key is in ${out} (mode 600): ${manner}.`);
  terminal.say(`Fingerprint ${terminal.paint('accent', fingerprint)}`);
  terminal.say(
    'Store a copy in a safe place before anything depends on it: if the key is lost, everything encrypted with it is lost.',
  );
  terminal.result({ ok: true, key: { fingerprint, file: out, writtenAs: manner } });
  return 0;
}

async function intoFile(out: string, { terminal }: CommandContext): Promise<0> {
  using key = generateEncryptionKey();
  await writeDurably(out, `${key.toBase64()}\n`, { mustBeNew: true });
  const { fingerprint } = key;
  await commandAudit(terminal).after({
    action: 'key generated',
    detail: `into ${resolve(out)}`,
    outcome: 'done',
    fingerprint,
  });
  terminal.say(`New key written to ${out} (mode 600).`);
  terminal.say(`Fingerprint ${terminal.paint('accent', fingerprint)}`);
  terminal.say('Back it up before anything depends on it: if it is lost, what it encrypts is lost.');
  terminal.result({ ok: true, key: { fingerprint, file: out } });
  return 0;
}

async function intoRing(options: Options, context: CommandContext): Promise<0> {
  const { terminal } = context;
  using workspace = knownWorkspace(await commandWorkspace(options, context));
  const { fingerprint, made } = await generateKey(workspace, { audit: commandAudit(terminal) });
  const was = made
    ? 'was generated and is in the key ring'
    : 'was generated earlier and is pending in the key ring';
  terminal.say(`Key ${terminal.paint('accent', fingerprint)} ${was}.`);
  terminal.say(
    `Back it up before you use it: \`keel backup create --env ${shellWord(workspace.name)} --fingerprint ${fingerprint}\`.`,
  );
  terminal.result({ ok: true, key: { fingerprint, made } });
  return 0;
}
