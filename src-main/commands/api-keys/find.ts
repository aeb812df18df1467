import type { Command } from '@commander-js/extra-typings';
import { findTables } from '#api-keys/use-cases/tables';
import { writeDurably } from '#storage/durable-file';
import { KeelError } from '#errors/keel-error';
import { runs } from '#commands/command-context';
import { commandWorkspace, useCaseContext } from '#commands/command-workspace';
import { databaseOption, jsonOption } from '#commands/options';
import { visible } from '#shared/visible-text';

const words = {
  likely: 'API key table',
  empty: 'named like an API key table, but empty',
  possible: 'contains hashes, possibly of passwords',
} as const;

/** `keel api-key find` */
export function define(command: Command): void {
  const offered = command
    .addOption(databaseOption)
    .option('--out <file>', 'write the best match to a new mapping file, to review and pass with --mapping')
    .addOption(jsonOption);
  runs(offered, async ({ out, ...options }, context) => {
    const { terminal } = context;
    using workspace = await commandWorkspace(options, context);
    const found = await findTables(workspace, useCaseContext(context));
    for (const { table, status, why } of found.candidates) {
      terminal.say(`${visible(`${table.schema}.${table.table}`)}: ${words[status]}`);
      for (const reason of why) terminal.say(terminal.paint('dim', `  ${visible(reason)}`));
    }
    for (const reason of found.skipped) terminal.note(`Not checked: ${visible(reason)}`);
    const best = found.candidates.find(({ status }) => status !== 'possible');
    if (!best) {
      throw new KeelError(
        'api-key-table-missing',
        'no table looks like an API key table by its content or its names',
        'specify it with `--table SCHEMA.TABLE --column hash=COLUMN`',
      );
    }
    if (out !== undefined) {
      await writeDurably(out, `${JSON.stringify(best.table, null, 2)}\n`, { mode: 0o644, mustBeNew: true });
      terminal.say(`\nMapping written to ${out}. Review it, then pass it with --mapping.`);
    }
    terminal.result({ ok: true, ...found });
    return 0;
  });
}
