import type { Command } from '@commander-js/extra-typings';
import { undo } from '#rotation/use-cases/undo';
import { runs } from '#commands/command-context';
import { commandWorkspace } from '#commands/command-workspace';
import {
  acceptOption,
  databaseOption,
  excludeOption,
  jsonOption,
  keepKeysOption,
  lockTimeoutOption,
  passphraseOption,
  portableOption,
  yesOption,
} from '#commands/options';
import { reportRewrite, rotationJson, sayNextForBallast, sayRotation } from './report.ts';

/** `keel undo` */
export function define(command: Command): void {
  const offered = command
    .addOption(databaseOption)
    .option('--rehearse', 'do everything, then roll back')
    .addOption(excludeOption)
    .addOption(acceptOption)
    .addOption(lockTimeoutOption)
    .addOption(portableOption)
    .addOption(keepKeysOption)
    .addOption(passphraseOption)
    .addOption(yesOption)
    .addOption(jsonOption);
  runs(offered, async (options, context) => {
    using workspace = await commandWorkspace(options, context);
    const reporting = reportRewrite(await workspace.database(), options.yes ?? false, context);
    const result = await undo(
      workspace,
      {
        excluded: options.exclude,
        accepted: options.accept,
        lockTimeoutMs: options.lockTimeout,
        portable: options.portable ?? false,
        rehearsal: options.rehearse ?? false,
        onPreflight: reporting.onPreflight,
      },
      reporting.context,
    );
    sayRotation(result, context.terminal);
    if (!options.rehearse) sayNextForBallast(options, 'old', context.terminal);
    context.terminal.result({ ok: true, rotation: rotationJson(result, reporting.warnings()) });
    return 0;
  });
}
