import { Command } from 'commander';
import { generateEncryptionKey } from '#crypto/encryption-key';
import { writeDurably } from '#storage/durable-file';
import { noteEffect } from './activity.ts';
import { runs } from './command-context.ts';
import { jsonOption } from './options.ts';

export function keyGenerateCommand(): Command {
  const command = new Command('generate')
    .description(
      'make a new key, equal in form to `openssl rand -base64 32`, and write it to a new file (mode 600)',
    )
    .requiredOption('--out <file>', 'the file to make; an existing one is never replaced')
    .addOption(jsonOption);
  return runs<{ out: string }>(command, async ({ out }, { terminal }) => {
    using key = generateEncryptionKey();
    await writeDurably(out, `${key.toBase64()}\n`, { mustBeNew: true });
    const { fingerprint } = key;
    await noteEffect(terminal, {
      action: 'key generated',
      detail: `into ${out}`,
      outcome: 'done',
      fingerprint,
    });
    terminal.say(`A new key is in ${out} (mode 600).`);
    terminal.say(`Fingerprint ${terminal.paint('accent', key.fingerprint)}`);
    terminal.say('Back it up before anything depends on it: if it is lost, what it encrypts is lost.');
    terminal.result({ ok: true, key: { fingerprint: key.fingerprint, file: out } });
    return 0;
  });
}
