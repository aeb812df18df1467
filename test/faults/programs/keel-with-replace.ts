// The command line with one command more: what only the window offers, replacing one credential, as a process that can be struck.
import { readFile } from 'node:fs/promises';
import { Option } from '@commander-js/extra-typings';
import { runs } from '#commands/command-context';
import { agreedContext, commandWorkspace, useCaseContext } from '#commands/command-workspace';
import type { CommandEntry } from '#commands/command-entry';
import { commandList } from '#commands/command-list';
import { runCommandLine } from '#commands/command-line';
import { givenKey } from '#commands/keys/ring-key';
import { databaseOption, inventoryOption, jsonOption, withKey } from '#commands/options';
import { givenInventory } from '#commands/proof/inventory-file';
import { serversOf } from '#connections/connection-test';
import type { Inventory } from '#contract/inventory';
import { inspectCredential } from '#credentials/use-cases/reveal';
import { replaceSecret } from '#credentials/use-cases/replace';

const replace: CommandEntry = {
  summary: 'put another secret in the place of column s of the row',
  load: async () => ({
    define(command) {
      const offered = withKey(command.addOption(databaseOption).addOption(inventoryOption))
        .addOption(new Option('--id <number>').makeOptionMandatory())
        .addOption(new Option('--value-file <path>').makeOptionMandatory())
        .addOption(jsonOption);
      runs(offered, async (options, context) => {
        const inventory = await givenInventory(options);
        using workspace = await commandWorkspace(options, context);
        using key = await givenKey(options, workspace);
        const addressIn = (all: Inventory) => {
          const column = all.columns.find((one) => one.column === 's');
          if (!column) throw new Error('no column s');
          return { ...column, key: { id: options.id } };
        };
        const input = { key, inventory, addressIn };
        const { version } = await inspectCredential(workspace, input, useCaseContext(context));
        const value = await readFile(options.valueFile, 'utf8');
        await replaceSecret(
          workspace,
          { ...input, replacing: { version, value }, serversOf },
          agreedContext(context),
        );
        context.terminal.result({ ok: true });
        return 0;
      });
    },
  }),
};

Object.assign(commandList, { replace });
await runCommandLine(process.argv);
process.exit();
