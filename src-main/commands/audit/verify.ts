import { join } from 'node:path';
import type { Command } from '@commander-js/extra-typings';
import { counted } from '#shared/counted';
import { openActivityLog } from '#audit/activity-log';
import { keelHome } from '#environments/keel-home';
import { runs } from '#commands/command-context';
import { moment } from '#shared/moment';
import { jsonOption } from '#commands/options';

/** `keel audit verify` */
export function define(command: Command): void {
  const offered = command.addOption(jsonOption);
  runs(offered, async (_, { terminal }) => {
    const home = keelHome();
    const { lines, trouble } = await openActivityLog(home).examine();
    const path = join(home, 'activity.jsonl');
    const last = lines.at(-1);
    if (!trouble) {
      terminal.say(
        terminal.paint(
          'good',
          `The log is intact: ${counted(lines.length, 'entry', 'entries')}, none altered.`,
        ),
      );
      if (last) {
        terminal.say(`Last hash: ${last.hash}, from ${moment(last.entry.at)}.`);
        terminal.say(
          'Store it somewhere else: only a comparison with it reveals a log that was rewritten from the start.',
        );
      }
      terminal.result({ ok: true, entries: lines.length, hash: last?.hash ?? null });
      return 0;
    }
    terminal.say(terminal.paint('bad', `Altered: entry ${trouble.line} of ${path} ${trouble.what}.`));
    terminal.say('Keep a copy of the folder as evidence, and find out who can write to it.');
    terminal.result({
      ok: false,
      entries: lines.length,
      firstBad: { entry: trouble.line, what: trouble.what },
    });
    return 3;
  });
}
