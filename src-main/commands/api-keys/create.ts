import type { Command } from '@commander-js/extra-typings';
import { createApiKey } from '#api-keys/use-cases/create';
import { apiKeyScope } from '#contract/api-keys';
import { KeelError } from '#errors/keel-error';
import {
  costOption,
  expiresOption,
  expiryOf,
  handOverTo,
  outOption,
  printOption,
  requireOutput,
  setOption,
  tellKey,
} from './options.ts';
import { tableChoiceOf, withTableOptions } from './table.ts';
import { runs } from '#commands/command-context';
import { commandWorkspace, agreedContext } from '#commands/command-workspace';
import { jsonOption } from '#commands/options';

/** `keel api-key create` */
export function define(command: Command): void {
  const offered = withTableOptions(command)
    .requiredOption('--name <name>', 'name of the key')
    .option('--scope <scope>', 'collection:col_…, organization, or user:usr_…')
    .addOption(expiresOption)
    .addOption(costOption)
    .addOption(setOption)
    .addOption(outOption)
    .addOption(printOption)
    .addOption(jsonOption);
  runs(offered, async (options, context) => {
    const { terminal } = context;
    requireOutput(options);
    const { name, cost, set: values } = options;
    const expiresAt = expiryOf(options.expires, new Date());
    const scope = options.scope === undefined ? undefined : readScope(options.scope);
    const choice = await tableChoiceOf(options, context);
    using workspace = await commandWorkspace(options, context);
    const handOver = handOverTo(options, workspace, context);
    const asked = {
      name,
      ...(scope !== undefined && { scope }),
      ...(expiresAt !== undefined && { expiresAt }),
      cost,
      values,
    };
    const made = await createApiKey(
      workspace,
      { choice, asked, prepare: handOver.prepare, keep: handOver.keep },
      agreedContext(context),
    ).catch(handOver.undo);
    using _ = made.key;
    await handOver.settle();
    return tellKey(made, options, terminal);
  });
}

function readScope(text: string): string {
  if (apiKeyScope.safeParse(text).success) return text;
  throw new KeelError(
    'usage',
    `\`${text}\` is not a scope that Ballast knows`,
    'use collection:col_…, organization or user:usr_…; for another kind of scope, set its column with --set',
  );
}
