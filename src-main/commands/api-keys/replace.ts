import type { Command } from 'commander';
import { replaceApiKey } from '#api-keys/use-cases/replace';
import {
  costOption,
  expiresOption,
  expiryOf,
  handOverTo,
  idOption,
  type KeyOutput,
  nameOption,
  outOption,
  printOption,
  requireOutput,
  setOption,
  tellKey,
  whichOf,
  type WhichOptions,
} from './options.ts';
import { tableChoiceOf, type TableOptions, withTableOptions } from './table.ts';
import { runs } from '#commands/command-context';
import { commandWorkspace, askingContext } from '#commands/command-workspace';
import { jsonOption, yesOption } from '#commands/options';
import { printable } from '#commands/wording';

interface Options extends TableOptions, KeyOutput, WhichOptions {
  readonly newName?: string;
  readonly expires: string;
  readonly cost: number;
  readonly set: Readonly<Record<string, string>>;
  readonly yes?: boolean;
}

/** `keel api-key replace` */
export function define(command: Command): void {
  withTableOptions(command)
    .addOption(idOption)
    .addOption(nameOption)
    .option('--new-name <name>', 'another name for the new key')
    .addOption(expiresOption)
    .addOption(costOption)
    .addOption(setOption)
    .addOption(outOption)
    .addOption(printOption)
    .addOption(yesOption)
    .addOption(jsonOption);
  runs<Options>(command, async (options, context) => {
    const { terminal } = context;
    requireOutput(options);
    const { cost, newName, set: values } = options;
    const expiresAt = expiryOf(options.expires, new Date());
    const which = whichOf(options);
    const choice = await tableChoiceOf(options, context);
    const opened = await commandWorkspace(options, context);
    using workspace = opened.workspace;
    const handOver = handOverTo(options, workspace, context);
    const asked = {
      ...(newName !== undefined && { name: newName }),
      ...(expiresAt !== undefined && { expiresAt }),
      cost,
      values,
    };
    const progress = terminal.progress();
    const made = await replaceApiKey(
      workspace,
      { choice, which, asked, prepare: handOver.prepare, keep: handOver.keep },
      askingContext(context, {
        progress,
        yes: options.yes,
        ask: (plan) => {
          const name = 'label' in plan ? plan.label : '';
          return { question: `${name} stops working, and whoever uses it needs the new key.`, name };
        },
      }),
    )
      .catch(handOver.undo)
      .finally(() => progress.end());
    using _ = made.key;
    await handOver.settle(made);
    return tellKey(made, options, terminal, {
      said: `${terminal.paint('good', 'Replaced.')} ${printable(made.old.key.label)} is revoked.`,
      json: { replaced: made.old.key.id },
    });
  });
}
