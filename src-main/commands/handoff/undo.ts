import type { Command } from '@commander-js/extra-typings';
import { takeBack } from '#handoff/use-cases/take-back';
import { runs } from '#commands/command-context';
import { agreedContext, namedWorkspace } from '#commands/command-workspace';
import { databaseOption, jsonOption, passphraseOption } from '#commands/options';
import { onePlaceOf, sayForgotten } from './places.ts';
import { offerTargets, readToken } from './target.ts';

/** `keel handoff undo` */
export function define(command: Command): void {
  const offered = offerTargets(command)
    .addOption(databaseOption)
    .addOption(passphraseOption)
    .addOption(jsonOption);
  runs(offered, async (options, context) => {
    const { terminal } = context;
    using workspace = await namedWorkspace(options, context);
    const target = onePlaceOf(options, workspace);
    using token = await readToken(options);
    const { where, holds, remembered } = await takeBack(workspace, { target, token }, agreedContext(context));
    terminal.say(
      holds === undefined
        ? `${where} no longer has a key, as before Keel wrote there.`
        : `${where} has key ${holds} again.`,
    );
    if (!remembered) sayForgotten(where, terminal);
    terminal.result({ ok: true, target, holds: holds ?? null });
    return 0;
  });
}
