import type { Command } from '@commander-js/extra-typings';
import { isComplete } from '#census/census-result';
import { type MemberCensus, takeFleetCensus } from '#fleet/use-cases/census';
import { counted, formatCount } from '#shared/counted';
import { censusJson, readScope } from '#commands/proof/census-report';
import { runs } from '#commands/command-context';
import { useCaseContext, namedWorkspace } from '#commands/command-workspace';
import { fleetOf, reachOf } from './databases.ts';
import { offerFleet } from './options.ts';
import { jsonOption, withKey, passphraseOption } from '#commands/options';
import { censusKeys } from '#commands/keys/ring-key';
import type { Terminal } from '#commands/terminal';
import { textTable } from '#commands/text-table';

/** `keel fleet census`: every cell of every database that an environment's keys may be in, under every key of the ring. */
export function define(command: Command): void {
  const offered = withKey(offerFleet(command)).addOption(passphraseOption).addOption(jsonOption);
  runs(offered, async (options, context) => {
    const { terminal } = context;
    using workspace = await namedWorkspace(options, context);
    const isListed = options.databases !== undefined || options.like !== undefined;
    const { names: databases, reach } = isListed
      ? await fleetOf(workspace, options, terminal)
      : { names: undefined, reach: await reachOf(workspace, options, terminal) };
    using given = await censusKeys(options, workspace);
    const { keys, alsoOpened } = given;
    const { members: taken, complete } = await takeFleetCensus(
      workspace,
      { keys, alsoOpened, databases, reach, limit: options.concurrency },
      useCaseContext(context, 'census of databases'),
    );
    const ok = complete === taken.length;
    sayCensuses(taken, terminal);
    const under = keys.length === 1 ? `key ${keys[0]?.fingerprint}` : `any of ${keys.length} keys`;
    terminal.say(
      `\n${formatCount(complete)} of ${counted(taken.length, 'database')} read completely, with nothing encrypted with ${under} outside the inventory.`,
    );
    terminal.result({ ok, databases: taken.map(memberJson) });
    return ok ? 0 : 3;
  });
}

function sayCensuses(taken: readonly MemberCensus[], terminal: Terminal): void {
  const titles = ['database', 'read', 'outside the inventory', 'not read', 'reason'];
  const rows = taken.map((one) => {
    if ('failure' in one) return [one.name, '', '', 'the database', one.failure.message];
    const { places, unread } = one.census;
    const beside = places.filter(({ inInventory }) => !inInventory).length;
    return [one.name, readScope(one.census), formatCount(beside), formatCount(unread.length), ''];
  });
  terminal.say(
    textTable(
      titles.map((title) => ({ title })),
      rows,
      terminal.paint,
    ),
  );
}

function memberJson(one: MemberCensus): object {
  if ('failure' in one) return { name: one.name, ok: false, ...one.failure };
  return { name: one.name, ok: isComplete(one.census), ...censusJson(one.census) };
}
