import type { Command } from '@commander-js/extra-typings';
import { acceptAnswer } from '#backup/use-cases/shares';
import { runs } from '#commands/command-context';
import { commandAudit, commandWorkspace } from '#commands/command-workspace';
import { databaseOption, jsonOption } from '#commands/options';
import { sayProven, setJson } from './set-text.ts';

/** `keel share accept` */
export function define(command: Command): void {
  const offered = command
    .requiredOption('--answer <text>', 'the line that the holder sent')
    .addOption(databaseOption)
    .addOption(jsonOption);
  runs(offered, async (options, context) => {
    const { terminal } = context;
    using workspace = await commandWorkspace(options, context);
    const proven = await acceptAnswer(workspace, options.answer, { audit: commandAudit(terminal) });
    sayProven(proven, terminal);
    terminal.result({ ok: true, share: { number: proven.share.number }, set: setJson(proven.set) });
    return 0;
  });
}
