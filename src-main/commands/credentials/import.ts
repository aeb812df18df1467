import { type Command, Option } from '@commander-js/extra-typings';
import { counted } from '#shared/counted';
import { type AcceptableImportStop, acceptableImportStops } from '#credentials/archive/import-findings';
import { importCredentials } from '#credentials/use-cases/import';
import { readOpener, requireArchive, withArchive } from './archive-options.ts';
import { sayPreflight } from '#commands/proof/column-report';
import { runs } from '#commands/command-context';
import { commandWorkspace, askingContext } from '#commands/command-workspace';
import { archiveJson, comparisonJson, sayArchive, sayComparison, sayRemaining } from './comparison-report.ts';
import { givenInventory } from '#commands/proof/inventory-file';
import { collectKnown, jsonOption, lockTimeoutOption, yesOption } from '#commands/options';
import { givenKey } from '#commands/keys/ring-key';
import { duration } from '#commands/wording';

const acceptOption = new Option('--accept <code>', 'accept a risk, or include a kind of value (repeatable)')
  .choices(acceptableImportStops)
  .default([] as readonly AcceptableImportStop[], 'none')
  .argParser(collectKnown(acceptableImportStops));

/** `keel credentials import` */
export function define(command: Command): void {
  const offered = withArchive(command)
    .option('--rehearse', 'do everything, then roll back')
    .addOption(acceptOption)
    .addOption(lockTimeoutOption)
    .addOption(yesOption)
    .addOption(jsonOption);
  runs(offered, async (options, context) => {
    const { terminal } = context;
    const inventory = await givenInventory(options);
    using workspace = await commandWorkspace(options, context);
    const database = await workspace.database();
    const path = requireArchive(options);
    using opener = await readOpener(options);
    using key = await givenKey(options, workspace);
    const imported = await importCredentials(
      workspace,
      {
        key,
        inventory,
        path,
        opener,
        accepted: options.accept,
        lockTimeoutMs: options.lockTimeout,
        rehearsal: options.rehearse ?? false,
        onFindings: (findings) => sayPreflight(database.label, findings, terminal),
      },
      askingContext(context, {
        yes: options.yes,
        ask: (plan) => ({
          question:
            plan.of === 'import-credentials'
              ? `${counted(plan.values, 'credential')} in ${counted(plan.rows, 'row')} will be replaced or filled in from the archive.`
              : '',
          name: database.target.database,
        }),
      }),
    );
    const { header, rehearsal, values, rows, remaining, lockMs, totalMs } = imported;
    sayArchive(header, terminal);
    sayComparison(imported, terminal);
    const words = rehearsal
      ? 'Rehearsed and rolled back: nothing was changed.'
      : 'Written back, read back, compared, committed.';
    terminal.say(terminal.paint('good', words));
    const lock = `writers ${rehearsal ? 'would wait' : 'waited'} ${duration(lockMs)}`;
    terminal.say(`  ${counted(values, 'value')} in ${counted(rows, 'row')}, ${duration(totalMs)}; ${lock}`);
    sayRemaining(imported, options.accept, terminal);
    terminal.result({
      ok: true,
      archive: archiveJson(header),
      rehearsal,
      values,
      rows,
      remaining,
      lockMs,
      totalMs,
      ...comparisonJson(imported),
    });
    return 0;
  });
}
