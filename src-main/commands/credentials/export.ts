import type { Command } from '@commander-js/extra-typings';
import { counted, formatCount } from '#shared/counted';
import { exportCredentials } from '#credentials/use-cases/export';
import { KeelError } from '#errors/keel-error';
import { archivePassphraseOption, readSeal, recipientOption } from './archive-options.ts';
import { columnPath } from '#shared/column-path';
import { runs } from '#commands/command-context';
import { commandWorkspace, useCaseContext } from '#commands/command-workspace';
import { givenInventory } from '#commands/proof/inventory-file';
import { databaseOption, inventoryOption, jsonOption, withKey, passphraseOption } from '#commands/options';
import { givenKey } from '#commands/keys/ring-key';
import { textTable } from '#commands/text-table';

/** `keel credentials export` */
export function define(command: Command): void {
  const offered = withKey(command.addOption(databaseOption).addOption(inventoryOption))
    .addOption(passphraseOption)
    .option('--out <file>', 'the file to create; an existing file is never replaced')
    .addOption(archivePassphraseOption)
    .addOption(recipientOption)
    .addOption(jsonOption);
  runs(offered, async (options, context) => {
    const { terminal } = context;
    const { out: path } = options;
    const inventory = await givenInventory(options);
    using workspace = await commandWorkspace(options, context);
    if (path === undefined)
      throw new KeelError('usage', 'no file was given for the archive', 'pass --out FILE');
    using seal = await readSeal(options);
    using key = await givenKey(options, workspace);
    const { columns, ...counts } = await exportCredentials(
      workspace,
      { key, inventory, path, seal },
      useCaseContext(context),
    );
    terminal.say(
      textTable(
        [
          { title: 'column' },
          { title: 'archived', align: 'right' },
          { title: 'not decrypted', align: 'right' },
        ],
        columns.map(({ entry, archived, unopened }) => [
          columnPath(entry),
          formatCount(archived),
          formatCount(unopened),
        ]),
        terminal.paint,
      ),
    );
    terminal.say();
    terminal.say(terminal.paint('good', `${counted(counts.values, 'credential')} encrypted in ${path}`));
    terminal.say(
      '  anyone who can decrypt the file has all of them: `age --decrypt` prints one line of JSON for each',
    );
    if (counts.unopened > 0) {
      const left = `${counted(counts.unopened, 'value')} not decrypted by this key, so not in the archive`;
      terminal.say(terminal.paint('warning', `  ${left}`));
    }
    terminal.result({
      ok: true,
      path,
      fingerprint: key.fingerprint,
      ...counts,
      columns: columns.map(({ entry, ...numbers }) => ({ ...entry, ...numbers })),
    });
    return 0;
  });
}
