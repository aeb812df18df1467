import type { Command } from '@commander-js/extra-typings';
import { replaceApiKey } from '#api-keys/use-cases/replace';
import {
  costOption,
  expiresOption,
  expiryOf,
  handOverTo,
  idOption,
  nameOption,
  outOption,
  printOption,
  requireOutput,
  setOption,
  tellKey,
  whichOf,
} from './options.ts';
import { tableChoiceOf, withTableOptions } from './table.ts';
import { runs } from '#commands/command-context';
import { commandWorkspace, askingContext } from '#commands/command-workspace';
import { jsonOption, yesOption } from '#commands/options';
import { visible } from '#shared/visible-text';

/** `keel api-key replace` */
export function define(command: Command): void {
  const offered = withTableOptions(command)
    .addOption(idOption)
    .addOption(nameOption)
    .option('--new-name <name>', 'a different name for the new key')
    .addOption(expiresOption)
    .addOption(costOption)
    .addOption(setOption)
    .addOption(outOption)
    .addOption(printOption)
    .addOption(yesOption)
    .addOption(jsonOption);
  runs(offered, async (options, context) => {
    const { terminal } = context;
    requireOutput(options);
    const { cost, newName, set: values } = options;
    const expiresAt = expiryOf(options.expires, new Date());
    const which = whichOf(options);
    const choice = await tableChoiceOf(options, context);
    using workspace = await commandWorkspace(options, context);
    const handOver = handOverTo(options, workspace, context);
    const asked = {
      ...(newName !== undefined && { name: newName }),
      ...(expiresAt !== undefined && { expiresAt }),
      cost,
      values,
    };
    const made = await replaceApiKey(
      workspace,
      { choice, which, asked, prepare: handOver.prepare, keep: handOver.keep },
      askingContext(context, {
        yes: options.yes,
        ask: (plan) => {
          const name = 'label' in plan ? plan.label : '';
          return { question: `${name} will stop working, and everyone who uses it needs the new key.`, name };
        },
      }),
    ).catch(handOver.undo);
    using _ = made.key;
    await handOver.settle();
    return tellKey(made, options, terminal, {
      said: `${terminal.paint('good', 'Replaced.')} ${visible(made.old.key.label)} is revoked.`,
      json: { replaced: made.old.key.id },
    });
  });
}
