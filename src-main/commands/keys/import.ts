import type { Command } from '@commander-js/extra-typings';
import { adoptKey } from '#keys/use-cases/adopt';
import { runs } from '#commands/command-context';
import { commandAudit, namedWorkspace } from '#commands/command-workspace';
import { type KeySource, readKey } from './key-source.ts';
import { databaseOption, jsonOption, withKey, passphraseOption } from '#commands/options';
import { shellWord } from '#shared/shell-word';

/** `keel key import`: the key that the application runs with, into the ring of its environment. */
export function define(command: Command): void {
  const offered = withKey(command.addOption(databaseOption))
    .addOption(passphraseOption)
    .addOption(jsonOption);
  runs(offered, async (options, context) => {
    const { terminal } = context;
    using workspace = await namedWorkspace(options, context);
    using key = await readKey(options, { allowWeak: true });
    const { fingerprint, known } = await adoptKey(
      workspace,
      { key, from: sourceOf(options) },
      { audit: commandAudit(terminal) },
    );
    const was = known ? 'is already in the key ring' : 'was added to the key ring';
    terminal.say(`Key ${terminal.paint('accent', fingerprint)} ${was}.`);
    terminal.say(
      `Check that it decrypts the database: \`keel prove --env ${shellWord(workspace.name)} --fingerprint ${fingerprint}\`.`,
    );
    terminal.result({ ok: true, key: { fingerprint, known } });
    return 0;
  });
}

function sourceOf({ keyFile, keyEnv }: KeySource) {
  if (keyFile !== undefined) return 'file';
  return keyEnv !== undefined ? 'variable' : 'standard input';
}
