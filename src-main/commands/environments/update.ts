import { Argument, type Command, Option } from '@commander-js/extra-typings';
import { counted } from '#shared/counted';
import { environmentColour } from '#contract/environments';
import { keelHome } from '#environments/keel-home';
import { findEnvironment } from '#environments/known-environments';
import { KeelError } from '#errors/keel-error';
import { changeAppearance, reviewInventory } from '#workspace/use-cases/change-environment';
import { runsNamed } from '#commands/command-context';
import { agreedContext, commandAudit, commandWorkspace, knownWorkspace } from '#commands/command-workspace';
import { applicationOption, otherApplication } from '#commands/keys/application-option';
import { changeApplication } from '#keys/use-cases/change-application';
import { readInventory } from '#commands/proof/inventory-file';
import { inventoryOption, jsonOption } from '#commands/options';

/** `keel env update` */
export function define(command: Command): void {
  const offered = command
    .addArgument(new Argument('<environment>', 'its name or id'))
    .addOption(inventoryOption)
    .addOption(applicationOption)
    .addOption(new Option('--colour <colour>', 'its colour in the app').choices(environmentColour.options))
    .option('--production', 'mark it as production on every screen')
    .option('--no-production', 'remove the production mark')
    .addOption(jsonOption);
  runsNamed(offered, async ([typed], { inventory: file, application: chosen, ...appearance }, context) => {
    const { terminal } = context;
    const named = await findEnvironment(keelHome(), typed);
    using workspace = knownWorkspace(await commandWorkspace({ named }, context));
    const { id, name } = workspace;
    const { colour, production } = appearance;
    const application = chosen === undefined ? undefined : otherApplication({ application: chosen });
    if ([file, chosen, colour, production].every((one) => one === undefined)) {
      throw new KeelError(
        'usage',
        'no change was specified',
        'pass --inventory FILE, --application NAME, --colour or --production',
      );
    }
    const inventory = file === undefined ? undefined : await readInventory(file);
    const audit = commandAudit(terminal);
    // an inventory that the database does not fit is not kept, nor is anything else
    if (inventory) await reviewInventory(workspace, { columns: inventory.columns }, audit);
    if (chosen !== undefined) await changeApplication(workspace, application, audit);
    if (colour !== undefined || production !== undefined)
      await changeAppearance(workspace, appearance, agreedContext(context));
    const detail = inventory ? `: ${counted(inventory.columns.length, 'encrypted column')}` : '';
    terminal.say(`${name} was updated${detail}.`);
    terminal.result({ ok: true, environment: { id, name } });
    return 0;
  });
}
