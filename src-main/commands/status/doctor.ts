import type { Command } from '@commander-js/extra-typings';
import { keelHome } from '#environments/keel-home';
import { findEnvironment } from '#environments/known-environments';
import { type Check, checkSetup } from '#status/checks';
import { inTerminalWords } from '#commands/act-text';
import { runs } from '#commands/command-context';
import { databaseOf } from '#commands/environments/named-environment';
import { jsonOption } from '#commands/options';
import { counted } from '#shared/counted';
import { visible } from '#shared/visible-text';

/** `keel doctor`. Exit code 3 where something does not work. */
export function define(command: Command): void {
  const offered = command.addOption(jsonOption);
  runs(offered, async (_, { terminal, signal }) => {
    const home = keelHome();
    const open = async (id: string) => databaseOf(await findEnvironment(home, id), { signal });
    const checks: Check[] = [];
    for await (const check of checkSetup({ home, databaseOf: open })) {
      checks.push(check);
      const { subject, works, detail, remedy } = check;
      terminal.say(
        `${works ? terminal.paint('good', '✓') : terminal.paint('bad', '✗')} ${visible(subject)}: ${visible(detail)}`,
      );
      if (remedy !== undefined) terminal.say(`  → ${inTerminalWords(remedy)}`);
      signal.throwIfAborted();
    }
    const broken = checks.filter(({ works }) => !works).length;
    if (broken > 0) terminal.say(`\n${counted(broken, 'check')} failed.`);
    terminal.result({ ok: broken === 0, checks });
    return broken === 0 ? 0 : 3;
  });
}
