import { Argument, type Command } from '@commander-js/extra-typings';
import { keelHome } from '#environments/keel-home';
import { findEnvironment } from '#environments/known-environments';
import { passwordStore } from '#keyring/password-store';
import { forgetEnvironment } from '#workspace/use-cases/change-environment';
import { runsNamed } from '#commands/command-context';
import { commandWorkspace, knownWorkspace, askingContext } from '#commands/command-workspace';
import { jsonOption, yesOption } from '#commands/options';

/** `keel env remove` */
export function define(command: Command): void {
  const offered = command
    .addArgument(new Argument('<environment>', 'its name or id'))
    .addOption(yesOption)
    .addOption(jsonOption);
  runsNamed(offered, async ([typed], { yes = false }, context) => {
    const { terminal } = context;
    const named = await findEnvironment(keelHome(), typed);
    using workspace = knownWorkspace(await commandWorkspace({ named }, context));
    const { id, name } = workspace;
    await forgetEnvironment(
      workspace,
      { passwords: passwordStore() },
      askingContext(context, {
        yes,
        ask() {
          terminal.say(
            'Its name, its columns and the stored password are removed; nothing in the database changes.',
          );
          terminal.say('Its keys stay where they are. Add the same database again to get them back.');
          return { question: `${name} will be removed.`, name };
        },
      }),
    );
    terminal.say(terminal.paint('good', `${name} was removed.`));
    terminal.result({ ok: true, environment: { id, name } });
    return 0;
  });
}
