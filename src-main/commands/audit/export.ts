import type { Command } from 'commander';
import { counted } from '#shared/counted';
import { exportActivity, formOf } from '#audit/activity-export';
import { openActivityLog } from '#audit/activity-log';
import { writeDurably } from '#storage/durable-file';
import { keelHome } from '#environments/keel-home';
import { noteEffect } from './activity.ts';
import { onlyEnvironmentOption } from './options.ts';
import { runs } from '#commands/command-context';
import type { Named } from '#commands/environments/named-environment';
import { jsonOption } from '#commands/options';

interface Options extends Named {
  readonly out: string;
}

/** `keel audit export` */
export function define(command: Command): void {
  command
    .requiredOption('--out <file>', 'the file to make; an existing one is never replaced')
    .addOption(onlyEnvironmentOption())
    .addOption(jsonOption);
  runs<Options>(command, async ({ named, out }, { terminal }) => {
    const { lines, trouble } = await openActivityLog(keelHome()).examine();
    const wanted = lines.filter(({ entry }) => !named || entry.environment === named.id);
    await writeDurably(out, exportActivity(wanted, formOf(out)), { mustBeNew: true });
    const told = counted(wanted.length, 'entry', 'entries');
    await noteEffect(terminal, {
      action: 'activity exported',
      detail: `${told} to ${out}`,
      outcome: 'done',
    });
    terminal.say(`${told} in ${out}.`);
    if (trouble)
      terminal.note(terminal.paint('bad', 'The log was altered outside Keel: see `keel audit verify`.'));
    terminal.result({ ok: true, entries: wanted.length, intact: trouble === undefined, file: out });
    return 0;
  });
}
