import type { Command } from '@commander-js/extra-typings';
import { askHolder } from '#backup/use-cases/shares';
import { runs } from '#commands/command-context';
import { commandWorkspace } from '#commands/command-workspace';
import { databaseOption, jsonOption } from '#commands/options';
import { holderInWords } from './set-text.ts';

/** `keel share ask` */
export function define(command: Command): void {
  const offered = command
    .requiredOption('--set <set>', 'the set, four letters and digits as on each share')
    .requiredOption('--holder <name>', 'the holder, or the number of the share')
    .addOption(databaseOption)
    .addOption(jsonOption);
  runs(offered, async (options, context) => {
    const { terminal } = context;
    using workspace = await commandWorkspace(options, context);
    const { set, holder } = options;
    const { question, share } = await askHolder(workspace, { set, holder });
    terminal.note(
      `To the holder of ${holderInWords(share)}. It is not secret, and replaces any earlier question:`,
    );
    terminal.say(question);
    terminal.note('They answer it with: keel share answer --artefact SHARE --question QUESTION');
    terminal.note('Then check their answer: keel share accept --answer ANSWER');
    terminal.result({ ok: true, question, share: { number: share.number, holder: share.holder ?? null } });
    return 0;
  });
}
