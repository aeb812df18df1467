import { Argument, Command, Option } from 'commander';
import { counted } from '#shared/counted';
import { environmentColour, type EnvironmentColour } from '#contract/environments';
import { changeEnvironmentSettings } from '#environments/environment-settings';
import { keelHome } from '#environments/keel-home';
import { findEnvironment } from '#environments/known-environments';
import { KeelError } from '#errors/keel-error';
import { readCatalog } from '#postgres/catalog';
import { resolveInventory } from '#postgres/table-target';
import { noteEffect } from './activity.ts';
import { runsNamed } from './command-context.ts';
import { readInventory } from './inventory-file.ts';
import { databaseOf } from './named-environment.ts';
import { inventoryOption, jsonOption } from './options.ts';

interface Options {
  readonly inventory?: string;
  readonly colour?: EnvironmentColour;
  readonly production?: boolean;
}

export function envUpdateCommand(): Command {
  const command = new Command('update')
    .description('give an environment a reviewed inventory, or another look')
    .addArgument(new Argument('<name>', 'its name or id'))
    .addOption(inventoryOption)
    .addOption(new Option('--colour <colour>', 'in the app').choices(environmentColour.options))
    .option('--production', 'marks it on every screen')
    .option('--no-production', 'takes the mark away')
    .addOption(jsonOption);
  return runsNamed<Options>(command, async (typed, { inventory: file, ...looks }, { terminal }) => {
    const known = await findEnvironment(keelHome(), typed);
    const { id, folder, settings } = known;
    const { colour, production } = looks;
    if (file === undefined && colour === undefined && production === undefined) {
      throw new KeelError(
        'usage',
        'nothing to change was given',
        'give --inventory FILE, --colour or --production',
      );
    }
    const inventory = file === undefined ? undefined : await readInventory(file);
    if (inventory) {
      const client = await databaseOf(known).open('keel inventory');
      try {
        // an inventory that the database does not fit is not kept
        resolveInventory(inventory, await readCatalog(client));
      } finally {
        await client.end();
      }
    }
    await changeEnvironmentSettings(folder, {
      ...(inventory && { inventory: inventory.columns }),
      ...(colour && { colour }),
      ...(production !== undefined && { production }),
    });
    const action = inventory ? 'inventory reviewed' : 'environment changed';
    const detail = inventory ? counted(inventory.columns.length, 'encrypted column') : settings.name;
    await noteEffect(terminal, { folder, action, detail, outcome: 'done' });
    terminal.say(`${settings.name} is changed${inventory ? `: ${detail}` : ''}.`);
    terminal.result({ ok: true, environment: { id, name: settings.name } });
    return 0;
  });
}
