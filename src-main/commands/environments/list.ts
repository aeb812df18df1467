import type { Command } from '@commander-js/extra-typings';
import { keelHome } from '#environments/keel-home';
import { knownEnvironments } from '#environments/known-environments';
import { inTerminalWords } from '#commands/act-text';
import { runs } from '#commands/command-context';
import { jsonOption } from '#commands/options';
import { textTable } from '#commands/text-table';
import { environmentJson } from './environment-json.ts';

/** `keel env list` */
export function define(command: Command): void {
  const offered = command.addOption(jsonOption);
  runs(offered, async (_, { terminal }) => {
    const { environments, damaged } = await knownEnvironments(keelHome());
    const listed = await Promise.all(environments.map(environmentJson));
    if (listed.length === 0)
      terminal.say('No environments yet. Add one: `keel env add NAME --database URL`.');
    else {
      const titles = ['name', 'database', 'keys in', 'active key', 'columns'];
      const rows = listed.map(({ name, label, keyPlace, activeKey, columns }) => [
        name,
        label,
        keyPlace,
        activeKey ?? 'none',
        String(columns),
      ]);
      terminal.say(
        textTable(
          titles.map((title) => ({ title })),
          rows,
          terminal.paint,
        ),
      );
    }
    for (const { message, remedy } of damaged) {
      terminal.note(`${terminal.paint('warning', message)}\n→ ${inTerminalWords(remedy)}`);
    }
    const unread = damaged.map(({ code, message, remedy }) => ({ code, message, remedy }));
    terminal.result({ ok: true, environments: listed, damaged: unread });
    return 0;
  });
}
