import type { Command } from '@commander-js/extra-typings';
import { counted } from '#shared/counted';
import { listApiKeys } from '#api-keys/use-cases/list';
import { keysTable, sayKeyFindings } from './report.ts';
import { tableChoiceOf, withTableOptions } from './table.ts';
import { runs } from '#commands/command-context';
import { commandWorkspace, useCaseContext } from '#commands/command-workspace';
import { jsonOption } from '#commands/options';

/** `keel api-key list` */
export function define(command: Command): void {
  const offered = withTableOptions(command).addOption(jsonOption);
  runs(offered, async (options, context) => {
    const { terminal } = context;
    const choice = await tableChoiceOf(options, context);
    using workspace = await commandWorkspace(options, context);
    const { table, keys } = await listApiKeys(workspace, choice, useCaseContext(context));
    if (keys.length === 0) terminal.say(`No API keys in ${table.facts.label}.`);
    else {
      const active = keys.filter((key) => key.active && !key.expired).length;
      terminal.say(`${counted(keys.length, 'API key')} in ${table.facts.label}, ${active} active:\n`);
      terminal.say(keysTable(keys, table.mapping, terminal));
      if (keys.some(({ findings }) => findings.length > 0)) terminal.say();
      sayKeyFindings(keys, terminal);
    }
    terminal.result({ ok: true, table: table.mapping, keys });
    return 0;
  });
}
