import { type Command, Option } from '@commander-js/extra-typings';
import { openActivityLog } from '#audit/activity-log';
import { keelHome } from '#environments/keel-home';
import { environmentNameIn } from '#environments/environment-name';
import { knownEnvironments } from '#environments/known-environments';
import { KeelError } from '#errors/keel-error';
import { runs } from '#commands/command-context';
import { moment } from '#shared/moment';
import { jsonOption } from '#commands/options';
import { textTable } from '#commands/text-table';
import { actionText } from '#shared/action-text';
import { onlyEnvironmentOption } from './options.ts';

/** `keel audit show` */
export function define(command: Command): void {
  const offered = command
    .addOption(onlyEnvironmentOption())
    .addOption(
      new Option('--limit <entries>', 'how many to list').default(50, '50').argParser((text: string) => {
        const limit = Number(text);
        if (Number.isInteger(limit) && limit > 0) return limit;
        throw new KeelError(
          'usage',
          `\`${text}\` is not a number of entries`,
          'use a whole number, 1 or more',
        );
      }),
    )
    .addOption(jsonOption);
  runs(offered, async ({ named, limit }, { terminal }) => {
    const home = keelHome();
    const { intact, entries } = await openActivityLog(home).list({ environment: named?.id, limit });
    const { environments } = await knownEnvironments(home);
    const nameOf = (id: string | undefined) =>
      id === undefined
        ? ''
        : (environments.find((known) => known.id === id)?.settings.name ?? environmentNameIn(id));
    if (entries.length === 0) terminal.say('No activity yet.');
    else {
      const titles = ['when', 'environment', 'action', 'outcome', 'key', 'details'];
      const rows = entries.map(({ at, environment, action, outcome, fingerprint = '', detail }) => [
        moment(at),
        nameOf(environment),
        actionText(action),
        outcome,
        fingerprint,
        detail,
      ]);
      terminal.say(
        textTable(
          titles.map((title) => ({ title })),
          rows,
          terminal.paint,
        ),
      );
    }
    if (!intact) {
      terminal.note(
        terminal.paint('bad', 'The log was altered outside Keel: `keel audit verify` shows where.'),
      );
    }
    terminal.result({ ok: true, intact, entries });
    return 0;
  });
}
