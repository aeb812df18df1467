import { Argument, type Command } from '@commander-js/extra-typings';
import { giveUp } from '#fleet/use-cases/give-up';
import { counted } from '#shared/counted';
import { databaseOption, jsonOption } from '#commands/options';
import { runsNamed } from '#commands/command-context';
import { useCaseContext, namedWorkspace } from '#commands/command-workspace';
import { offerEnvironment, takeEnvironment } from '#commands/environments/named-environment';

/** `keel fleet give-up`: the rotation comes to its end without one database, which stays on record. */
export function define(command: Command): void {
  const offered = command
    .addArgument(new Argument('<database>', 'name of a database that is not rotated yet'))
    .addOption(databaseOption)
    .option('--withdraw', 'include it in the rotation again')
    .addOption(jsonOption);
  offerEnvironment(command);
  runsNamed(offered, async ([name], options, context) => {
    await takeEnvironment(options, command);
    const { terminal } = context;
    using workspace = await namedWorkspace(options, context);
    const withdraw = options.withdraw === true;
    const record = await giveUp(workspace, { databases: [name], withdraw }, useCaseContext(context));
    const left = record.databases.filter(({ state }) => state !== 'done').length;
    terminal.say(
      withdraw
        ? `${name} is part of the rotation again: \`keel fleet rotate\` rotates it.`
        : `${name} was given up; it may still be encrypted with key ${record.from}, which is kept for it.`,
    );
    if (!withdraw && left > 0) terminal.say(`${counted(left, 'database')} still to be rotated.`);
    terminal.result({ ok: true, left, givenUp: record.givenUp ?? [] });
    return 0;
  });
}
