import type { Command } from '@commander-js/extra-typings';
import { counted } from '#shared/counted';
import { openActivityLog } from '#audit/activity-log';
import { keelHome } from '#environments/keel-home';
import { exportLog } from '#audit/use-cases/export';
import { commandAudit } from '#commands/command-workspace';
import { onlyEnvironmentOption } from './options.ts';
import { runs } from '#commands/command-context';
import { jsonOption } from '#commands/options';

/** `keel audit export` */
export function define(command: Command): void {
  const offered = command
    .requiredOption('--out <file>', 'the file to create; an existing file is never replaced')
    .addOption(onlyEnvironmentOption())
    .addOption(jsonOption);
  runs(offered, async ({ named, out: path }, { terminal }) => {
    const { entries, intact } = await exportLog(
      openActivityLog(keelHome()),
      { path, replace: false, environment: named?.id },
      { audit: commandAudit(terminal) },
    );
    terminal.say(`${counted(entries, 'entry', 'entries')} written to ${path}.`);
    if (!intact)
      terminal.note(terminal.paint('bad', 'The log was altered outside Keel: see `keel audit verify`.'));
    terminal.result({ ok: true, entries, intact, file: path });
    return 0;
  });
}
