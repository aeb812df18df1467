import type { Command } from 'commander';
import type { AcceptableStop } from '#rewrite/finding';
import { undo } from '#rotation/use-cases/undo';
import { runs } from '#commands/command-context';
import { commandWorkspace, type WorkspaceOptions } from '#commands/command-workspace';
import {
  acceptOption,
  databaseOption,
  excludeOption,
  jsonOption,
  keepKeysOption,
  lockTimeoutOption,
  passphraseOption,
  yesOption,
} from '#commands/options';
import { reportRewrite, rotationJson, sayRotation } from './report.ts';

interface Options extends WorkspaceOptions {
  readonly rehearse?: boolean;
  readonly yes?: boolean;
  readonly exclude: readonly string[];
  readonly accept: readonly AcceptableStop[];
  readonly lockTimeout: number;
}

/** `keel undo` */
export function define(command: Command): void {
  command
    .addOption(databaseOption)
    .option('--rehearse', 'do everything, then roll back')
    .addOption(excludeOption)
    .addOption(acceptOption)
    .addOption(lockTimeoutOption)
    .addOption(keepKeysOption)
    .addOption(passphraseOption)
    .addOption(yesOption)
    .addOption(jsonOption);
  runs<Options>(command, async (options, context) => {
    const opened = await commandWorkspace(options, context);
    using workspace = opened.workspace;
    const reporting = reportRewrite(opened.database, options.yes ?? false, context);
    const result = await undo(
      workspace,
      {
        excluded: options.exclude,
        accepted: options.accept,
        lockTimeoutMs: options.lockTimeout,
        rehearsal: options.rehearse ?? false,
        onPreflight: reporting.onPreflight,
      },
      reporting.context,
    ).finally(reporting.end);
    sayRotation(result, context.terminal);
    context.terminal.result({ ok: true, rotation: rotationJson(result, reporting.warnings()) });
    return 0;
  });
}
