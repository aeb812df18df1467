import type { Command } from '@commander-js/extra-typings';
import { markShareSet } from '#backup/use-cases/shares';
import { KeelError } from '#errors/keel-error';
import { runs } from '#commands/command-context';
import { commandAudit, commandWorkspace } from '#commands/command-workspace';
import { databaseOption, jsonOption } from '#commands/options';
import { enumerated } from '#shared/enumerated';
import { coverInWords, sayStanding, setJson } from './set-text.ts';

const stillRestores =
  'Its shares still restore the key: collect and destroy them, and if enough of them may be in the wrong hands, rotate the key.';

/** `keel share mark` */
export function define(command: Command): void {
  const offered = command
    .requiredOption('--set <set>', 'the set, four letters and digits as on each share')
    .option('--counts', 'this set counts; the one that counted is replaced')
    .option('--void', 'this set is no longer relied on')
    .option('--reason <text>', 'why it is void')
    .addOption(databaseOption)
    .addOption(jsonOption);
  runs(offered, async (options, context) => {
    const { terminal } = context;
    const standing = standingOf(options);
    using workspace = await commandWorkspace(options, context);
    const { set, replaced } = await markShareSet(
      workspace,
      { set: options.set, standing, reason: options.reason },
      { audit: commandAudit(terminal) },
    );
    sayStanding(set, terminal);
    if (standing === 'void') terminal.say(stillRestores);
    else terminal.say(`${coverInWords(set)}.`);
    if (replaced.length > 0) terminal.say(`Replaced: ${enumerated(replaced)}. ${stillRestores}`);
    terminal.result({ ok: true, set: setJson(set), replaced });
    return 0;
  });
}

function standingOf(options: {
  readonly counts?: boolean | undefined;
  readonly void?: boolean | undefined;
  readonly reason?: string | undefined;
}): 'counts' | 'void' {
  const { counts = false, void: isVoid = false, reason } = options;
  if (counts === isVoid) {
    throw new KeelError(
      'usage',
      'the set can be marked either as the one that counts or as void; nothing was recorded',
      'pass --counts or --void',
    );
  }
  if (counts && reason !== undefined) {
    throw new KeelError('usage', 'only a void set has a reason; nothing was recorded', 'leave --reason out');
  }
  return counts ? 'counts' : 'void';
}
