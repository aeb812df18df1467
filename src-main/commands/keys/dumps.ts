import type { Command } from '@commander-js/extra-typings';
import { KeelError } from '#errors/keel-error';
import { stateDumps } from '#keys/use-cases/state-dumps';
import { isReleased } from '#keyring/key-memory';
import { runs } from '#commands/command-context';
import { agreedContext, commandWorkspace } from '#commands/command-workspace';
import { moment } from '#shared/moment';
import { acceptNeedOption, databaseOption, jsonOption } from '#commands/options';

/** `keel key dumps` */
export function define(command: Command): void {
  const offered = command
    .addOption(databaseOption)
    .option(
      '--none-before <time>',
      'no dump started before this time exists; such as 2026-11-24T09:12Z or `now`',
    )
    .option('--withdraw', 'withdraw the statement')
    .addOption(acceptNeedOption)
    .addOption(jsonOption);
  runs(offered, async (options, context) => {
    const { terminal } = context;
    using workspace = await commandWorkspace(options, context);
    const before = await workspace.readRing();
    const noneBefore = options.noneBefore === undefined ? undefined : timeOf(options.noneBefore);
    const changes = noneBefore !== undefined || options.withdraw === true;
    const ring =
      changes && before.keys.length > 0
        ? await stateDumps(workspace, { noneBefore, accepted: options.accept }, agreedContext(context))
        : before;
    const { dumps } = ring;
    const released = ring.keys
      .filter((key) => key.state !== 'active' && key.state !== 'destroyed' && isReleased(key, dumps))
      .map(({ fingerprint }) => fingerprint);
    if (dumps) {
      terminal.say(
        `Recorded on ${moment(dumps.statedAt)}: no dump started before ${moment(dumps.noneBefore)} exists.`,
      );
    } else terminal.say('Nothing is recorded: every retired key is kept for the dumps from its time.');
    if (released.length > 0) {
      terminal.say(
        `${released.length === 1 ? 'Key' : 'Keys'} that no dump needs any more: ${released.join(', ')}.`,
      );
      terminal.say('To destroy one: `keel key destroy --fingerprint F`.');
    }
    terminal.result({ ok: true, dumps: dumps ?? null, released });
    return 0;
  });
}

/** A time with its zone, a date (its first moment in UTC), or `now`. Throws `usage`. */
function timeOf(text: string): Date {
  if (text === 'now') return new Date();
  const isTime = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/.test(text);
  const time = new Date(isTime ? text : Number.NaN);
  if (!Number.isNaN(time.getTime())) return time;
  throw new KeelError(
    'usage',
    `\`${text}\` is not a time; nothing was recorded`,
    'use a time with its zone such as 2026-11-24T09:12Z, a date such as 2026-11-24, or `now`',
  );
}
