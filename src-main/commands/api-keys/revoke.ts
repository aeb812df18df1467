import type { Command } from '@commander-js/extra-typings';
import { revokeApiKey } from '#api-keys/use-cases/revoke';
import { idOption, nameOption, whichOf } from './options.ts';
import { tableChoiceOf, withTableOptions } from './table.ts';
import { runs } from '#commands/command-context';
import { commandWorkspace, askingContext } from '#commands/command-workspace';
import { jsonOption, yesOption } from '#commands/options';
import { visible } from '#shared/visible-text';

/** `keel api-key revoke` */
export function define(command: Command): void {
  const offered = withTableOptions(command)
    .addOption(idOption)
    .addOption(nameOption)
    .addOption(yesOption)
    .addOption(jsonOption);
  runs(offered, async (options, context) => {
    const { terminal } = context;
    const which = whichOf(options);
    const choice = await tableChoiceOf(options, context);
    using workspace = await commandWorkspace(options, context);
    const { id, key } = await revokeApiKey(
      workspace,
      { choice, which },
      askingContext(context, {
        yes: options.yes,
        ask(plan) {
          if (plan.of !== 'revoke-api-key') return { question: '', name: '' };
          const { at } = plan.lastUse;
          const used = at === undefined ? '' : ` (last used on ${at.slice(0, 10)})`;
          return { question: `${plan.label}${used} will stop working.`, name: plan.label };
        },
      }),
    );
    terminal.say(`${terminal.paint('good', 'Revoked.')} ${visible(key.label)} is no longer active.`);
    terminal.result({ ok: true, revoked: id });
    return 0;
  });
}
