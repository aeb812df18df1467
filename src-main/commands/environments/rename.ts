import { Argument, type Command } from '@commander-js/extra-typings';
import { keelHome } from '#environments/keel-home';
import { findEnvironment } from '#environments/known-environments';
import { changeAppearance } from '#workspace/use-cases/change-environment';
import { runsNamed } from '#commands/command-context';
import { agreedContext, commandWorkspace, knownWorkspace } from '#commands/command-workspace';
import { jsonOption } from '#commands/options';

/** `keel env rename` */
export function define(command: Command): void {
  const offered = command
    .addArgument(new Argument('<environment>', 'its name or id'))
    .addArgument(new Argument('<new-name>', 'its new name, up to 60 characters'))
    .addOption(jsonOption);
  runsNamed(offered, async ([typed, typedName], _, context) => {
    const { terminal } = context;
    const named = await findEnvironment(keelHome(), typed);
    using workspace = knownWorkspace(await commandWorkspace({ named }, context));
    const { id, name: before } = workspace;
    const name = typedName.trim();
    await changeAppearance(workspace, { name }, agreedContext(context));
    terminal.say(`${before} is now called ${name}.`);
    terminal.result({ ok: true, environment: { id, name } });
    return 0;
  });
}
