import { resolve } from 'node:path';
import type { Command } from '@commander-js/extra-typings';
import { generateEncryptionKey } from '#crypto/encryption-key';
import { writeDurably } from '#storage/durable-file';
import { KeelError } from '#errors/keel-error';
import { generateKey } from '#keys/use-cases/generate';
import { type CommandContext, runs, type OptionsOf } from '#commands/command-context';
import { commandAudit, commandWorkspace, knownWorkspace } from '#commands/command-workspace';
import { databaseOption, jsonOption, passphraseOption } from '#commands/options';

function offer(command: Command) {
  return command
    .option('--out <file>', 'the file to make (mode 600); an existing one is never replaced')
    .addOption(databaseOption)
    .addOption(passphraseOption)
    .addOption(jsonOption);
}
type Options = OptionsOf<typeof offer>;

/** `keel key generate` */
export function define(command: Command): void {
  runs(offer(command), async (options, context) => {
    if (options.out !== undefined) return intoFile(options.out, context);
    if (options.named) return intoRing(options, context);
    throw new KeelError(
      'usage',
      'where to put the new key was not given; nothing was made',
      'give --out FILE, or --env NAME for the key ring of an environment',
    );
  });
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
  terminal.say(`A new key is in ${out} (mode 600).`);
  terminal.say(`Fingerprint ${terminal.paint('accent', fingerprint)}`);
  terminal.say('Back it up before anything depends on it: if it is lost, what it encrypts is lost.');
  terminal.result({ ok: true, key: { fingerprint, file: out } });
  return 0;
}

async function intoRing(options: Options, context: CommandContext): Promise<0> {
  const { terminal } = context;
  using workspace = knownWorkspace(await commandWorkspace(options, context));
  const { fingerprint, made } = await generateKey(workspace, { audit: commandAudit(terminal) });
  const was = made ? 'was made and is in the key ring' : 'was made before and waits in the key ring';
  terminal.say(`Key ${terminal.paint('accent', fingerprint)} ${was}.`);
  terminal.say(
    `Back it up before it is used: \`keel backup create --env '${workspace.name}' --fingerprint ${fingerprint}\`.`,
  );
  terminal.result({ ok: true, key: { fingerprint, made } });
  return 0;
}
