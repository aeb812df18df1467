import type { Command } from '@commander-js/extra-typings';
import { proveShare } from '#backup/use-cases/shares';
import { runs } from '#commands/command-context';
import { commandAudit, commandWorkspace } from '#commands/command-workspace';
import { databaseOption, jsonOption } from '#commands/options';
import { readHeld, shareIdentityOption, shareOption } from './held-option.ts';
import { brokenJson, sayBroken, sayProven, setJson } from './set-text.ts';

/** `keel share prove` */
export function define(command: Command): void {
  const offered = command
    .addOption(shareOption)
    .addOption(shareIdentityOption)
    .addOption(databaseOption)
    .addOption(jsonOption);
  runs(offered, async (options, context) => {
    const { terminal } = context;
    using workspace = await commandWorkspace(options, context);
    using given = await readHeld(options);
    const proven = await proveShare(workspace, given.held, { audit: commandAudit(terminal) });
    if ('broken' in proven) {
      sayBroken(proven, terminal);
      terminal.result({ ok: false, share: brokenJson(proven) });
      return 3;
    }
    sayProven(proven, terminal);
    terminal.result({ ok: true, share: { number: proven.share.number }, set: setJson(proven.set) });
    return 0;
  });
}
