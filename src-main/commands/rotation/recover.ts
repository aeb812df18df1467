import { counted, formatCount } from '#shared/counted';
import type { Command } from 'commander';
import { recover } from '#rotation/use-cases/recover';
import { runs } from '#commands/command-context';
import { commandWorkspace, useCaseContext, type WorkspaceOptions } from '#commands/command-workspace';
import { databaseOption, jsonOption, keepKeysOption, passphraseOption } from '#commands/options';
import { undroppedInWords } from './undropped-words.ts';

/** `keel recover` */
export function define(command: Command): void {
  command
    .addOption(databaseOption)
    .addOption(keepKeysOption)
    .addOption(passphraseOption)
    .addOption(jsonOption);
  runs<WorkspaceOptions>(command, async (options, context) => {
    const { terminal } = context;
    const opened = await commandWorkspace(options, context);
    using workspace = opened.workspace;
    const { recovered, dropped, undropped, active } = await recover(workspace, useCaseContext(context));
    if (recovered.length === 0) terminal.say('No rotation was left unsettled.');
    for (const { record, outcome } of recovered) {
      const what =
        outcome === 'committed'
          ? `was committed: key ${record.to} is the active one now, and ${record.from} is kept as retired`
          : `was not committed: the database is unchanged, under key ${record.from}`;
      terminal.say(`Rotation ${record.id} ${what}.`);
    }
    if (dropped > 0) terminal.say(`${counted(dropped, 'staging table')} dropped.`);
    if (undropped) terminal.say(terminal.paint('warning', undroppedInWords(undropped)));
    if (active) {
      const { verdict, bits } = active.proof;
      const proven = `${verdict} on a sample, ${formatCount(bits)} bits`;
      terminal.say(`Active key ${terminal.paint('accent', active.fingerprint)}: ${proven}.`);
    }
    terminal.result({
      ok: true,
      recovered: recovered.map(({ record, outcome }) => ({
        id: record.id,
        outcome,
        from: record.from,
        to: record.to,
      })),
      dropped,
      ...(undropped && { undropped }),
      active: active
        ? { fingerprint: active.fingerprint, verdict: active.proof.verdict, bits: active.proof.bits }
        : null,
    });
    return 0;
  });
}
