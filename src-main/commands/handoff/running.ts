import type { Command } from '@commander-js/extra-typings';
import { applicationNameOf } from '#applications/applications';
import { counted } from '#shared/counted';
import { sessionsSinceCutover } from '#rotation/use-cases/running';
import { runs } from '#commands/command-context';
import { namedWorkspace } from '#commands/command-workspace';
import { databaseOption, jsonOption } from '#commands/options';

/** `keel handoff running` */
export function define(command: Command): void {
  const offered = command.addOption(databaseOption).addOption(jsonOption);
  runs(offered, async (options, context) => {
    const { terminal } = context;
    using workspace = await namedWorkspace(options, context);
    const { before, since, names } = await sessionsSinceCutover(workspace);
    const application = applicationNameOf(workspace.settings.application);
    const who = names.length > 0 ? ` (${names.join(', ')})` : '';
    terminal.say(
      before + since === 0
        ? `No session is connected now: run this again once ${application} is running.`
        : `${counted(since, 'session')} started after the cutover, ${before} before it${who}.`,
    );
    if (before > 0)
      terminal.say(
        'Sessions from before the cutover may still write with the old key: restart those programs.',
      );
    terminal.result({ ok: before === 0, before, since, names });
    return before === 0 ? 0 : 3;
  });
}
