import type { Command } from 'commander';
import { counted } from '#shared/counted';
import { verifyCredentials } from '#credentials/use-cases/verify';
import {
  archiveOption,
  archivePassphraseOption,
  identityOption,
  readOpener,
  requireArchive,
} from './archive-options.ts';
import { runs } from '#commands/command-context';
import { commandWorkspace, useCaseContext, type WorkspaceOptions } from '#commands/command-workspace';
import { comparisonJson, sayArchive, sayComparison } from './comparison-report.ts';
import { givenInventory } from '#commands/proof/inventory-file';
import type { KeySource } from '#commands/keys/key-source';
import { databaseOption, inventoryOption, jsonOption, keyOptions, passphraseOption } from '#commands/options';
import { givenKey } from '#commands/keys/ring-key';

interface Options extends KeySource, WorkspaceOptions {
  readonly archive?: string;
  readonly inventory?: string;
  readonly archivePassphraseFile?: string;
  readonly identity?: string;
}

/** `keel credentials verify` */
export function define(command: Command): void {
  command
    .addOption(archiveOption)
    .addOption(archivePassphraseOption)
    .addOption(identityOption)
    .addOption(databaseOption)
    .addOption(inventoryOption);
  for (const option of [...keyOptions, passphraseOption]) command.addOption(option);
  command.addOption(jsonOption);
  runs<Options>(command, async (options, context) => {
    const { terminal } = context;
    const inventory = await givenInventory(options);
    const opened = await commandWorkspace(options, context);
    using workspace = opened.workspace;
    const path = requireArchive(options);
    using opener = await readOpener(options);
    using key = await givenKey(options, workspace);
    const progress = terminal.progress();
    const verified = await verifyCredentials(
      workspace,
      { key, inventory, path, opener },
      useCaseContext(context, { progress }),
    ).finally(() => progress.end());
    const { header, unkeyed, differing, same } = verified;
    sayArchive(header, terminal);
    sayComparison(verified, terminal);
    terminal.say(
      same
        ? terminal.paint('good', 'EQUAL: the database holds what the archive holds')
        : terminal.paint('warning', `DIFFERENT: ${counted(differing, 'value')} not the same here and there`),
    );
    if (unkeyed > 0) {
      terminal.say(`  ${counted(unkeyed, 'value')} of tables without a primary key could not be compared`);
    }
    const { environment, database: of, createdAt, fingerprint } = header;
    terminal.result({
      ok: same,
      archive: { environment, database: of, createdAt, fingerprint },
      differing,
      unkeyed,
      ...comparisonJson(verified),
    });
    return same ? 0 : 3;
  });
}
