import type { Command } from '@commander-js/extra-typings';
import { readFleetRecord, unfinishedOf } from '#records/fleet-record';
import { counted, formatCount } from '#shared/counted';
import { runs } from '#commands/command-context';
import { namedWorkspace } from '#commands/command-workspace';
import { moment } from '#shared/moment';
import { databaseOption, jsonOption } from '#commands/options';
import { sayFleet, sayGivenUp } from './report.ts';

/** `keel fleet status`: what is on record of the last rotation; connects to nothing. */
export function define(command: Command): void {
  const offered = command.addOption(databaseOption).addOption(jsonOption);
  runs(offered, async (options, context) => {
    const { terminal } = context;
    using workspace = await namedWorkspace(options, context);
    const record = await readFleetRecord(workspace.folder);
    if (!record) {
      terminal.say('No fleet rotation is on record on this machine.');
      terminal.result({ ok: true, record: null });
      return 0;
    }
    sayFleet(record.databases, terminal);
    const { from, to, startedAt, finishedAt, databases, givenUp = [] } = record;
    const done = databases.filter(({ state }) => state === 'done').length;
    terminal.say(
      `\nFrom key ${from} to key ${to}, started ${moment(startedAt)}: ${formatCount(done)} of ${counted(databases.length, 'database')} rotated${finishedAt === undefined ? '' : `, the last on ${moment(finishedAt)}`}.`,
    );
    sayGivenUp(givenUp, terminal);
    if (unfinishedOf(record))
      terminal.say('`keel fleet rotate` rotates the rest; `keel fleet give-up NAME` excludes a database.');
    terminal.say('This is the record on this machine; no database was queried.');
    terminal.result({ ok: true, record });
    return 0;
  });
}
