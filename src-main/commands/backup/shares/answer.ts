import type { Command } from '@commander-js/extra-typings';
import { answerQuestion } from '#backup/use-cases/shares';
import { runs } from '#commands/command-context';
import { jsonOption } from '#commands/options';
import { readHeld, shareIdentityOption, shareOption } from './held-option.ts';
import { brokenJson, sayBroken } from './set-text.ts';

/** `keel share answer` */
export function define(command: Command): void {
  const offered = command
    .addOption(shareOption)
    .requiredOption('--question <text>', 'the line that the admin sent')
    .addOption(shareIdentityOption)
    .addOption(jsonOption);
  runs(offered, async (options, { terminal }) => {
    using given = await readHeld(options);
    const answered = await answerQuestion(given.held, options.question);
    if ('broken' in answered) {
      sayBroken(answered, terminal);
      terminal.result({ ok: false, share: brokenJson(answered) });
      return 3;
    }
    terminal.note(
      'Send this line back. It is not secret, does not contain the share, and answers this question only:',
    );
    terminal.say(answered.answer);
    terminal.result({ ok: true, answer: answered.answer });
    return 0;
  });
}
