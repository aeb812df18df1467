import type { Command } from '@commander-js/extra-typings';
import { counted } from '#shared/counted';
import { verifyCredentials } from '#credentials/use-cases/verify';
import { readOpener, requireArchive, withArchive } from './archive-options.ts';
import { runs } from '#commands/command-context';
import { commandWorkspace, useCaseContext } from '#commands/command-workspace';
import { archiveJson, comparisonJson, sayArchive, sayComparison } from './comparison-report.ts';
import { givenInventory } from '#commands/proof/inventory-file';
import { jsonOption } from '#commands/options';
import { givenKey } from '#commands/keys/ring-key';

/** `keel credentials verify` */
export function define(command: Command): void {
  const offered = withArchive(command).addOption(jsonOption);
  runs(offered, async (options, context) => {
    const { terminal } = context;
    const inventory = await givenInventory(options);
    using workspace = await commandWorkspace(options, context);
    const path = requireArchive(options);
    using opener = await readOpener(options);
    using key = await givenKey(options, workspace);
    const verified = await verifyCredentials(
      workspace,
      { key, inventory, path, opener },
      useCaseContext(context),
    );
    const { header, unkeyed, differing, same } = verified;
    sayArchive(header, terminal);
    sayComparison(verified, terminal);
    terminal.say(
      same
        ? terminal.paint('good', 'EQUAL: the database matches the archive')
        : terminal.paint(
            'warning',
            `DIFFERENT: ${counted(differing, 'value')} not the same in the archive and the database`,
          ),
    );
    if (unkeyed > 0) {
      terminal.say(`  ${counted(unkeyed, 'value')} in tables without a primary key could not be compared`);
    }
    terminal.result({
      ok: same,
      archive: archiveJson(header),
      differing,
      unkeyed,
      ...comparisonJson(verified),
    });
    return same ? 0 : 3;
  });
}
