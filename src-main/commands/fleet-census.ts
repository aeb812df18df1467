import { Command } from 'commander';
import { isComplete } from '#census/census-result';
import { KeelError } from '#errors/keel-error';
import { completeOf, type MemberCensus, membersToSearch, takeCensuses } from '../compose-census.ts';
import type { FleetMember } from '../compose-fleet.ts';
import { noteEffect } from './activity.ts';
import { censusJson, readScope } from './census-report.ts';
import { runs } from './command-context.ts';
import { type FleetOptions, fleetOf } from './fleet-databases.ts';
import { offerFleet, requireFleetEnvironment } from './fleet-options.ts';
import type { KeySource } from './key-source.ts';
import { databaseOf, type Named } from './named-environment.ts';
import { jsonOption, keyOptions, passphraseOption } from './options.ts';
import { keysAtHand } from './ring-key.ts';
import type { Terminal } from './terminal.ts';
import { textTable } from './text-table.ts';
import { count, counted } from './wording.ts';

interface Options extends Named, KeySource, FleetOptions {
  readonly passphraseFile?: string;
}

/** `keel fleet census`: every cell of every database that an environment's keys may be in, under every key of the ring. */
export function fleetCensusCommand(): Command {
  const command = offerFleet(new Command('census')).description(
    'read every cell of the databases of a list, or without one of every database on record, for values under a key; only reads',
  );
  for (const option of keyOptions) command.addOption(option);
  command.addOption(passphraseOption).addOption(jsonOption);
  return runs<Options>(command, async (options, { terminal, signal }) => {
    const { folder, settings } = requireFleetEnvironment(options);
    const members = await membersOf(options);
    const keys = await keysAtHand(options);
    const progress = terminal.progress();
    const taken = await takeCensuses(members, {
      folder,
      keys,
      columns: settings.inventory,
      limit: options.concurrency,
      signal,
      onEnded: (ended) => progress.show('census of databases', ended, members.length),
    }).finally(() => {
      progress.end();
      for (const key of keys) key[Symbol.dispose]();
    });
    if (signal.aborted) {
      throw new KeelError(
        'cancelled',
        'cancelled; the censuses that had come to their end are kept',
        'start it again when you like',
      );
    }
    const complete = completeOf(taken);
    const ok = complete === taken.length;
    await noteEffect(terminal, {
      folder,
      action: 'fleet census taken',
      detail: `${complete} of ${taken.length} databases read throughout, with nothing under a key beside the inventory`,
      outcome: ok ? 'done' : 'failed',
    });
    sayCensuses(taken, terminal);
    const under = keys.length === 1 ? `key ${keys[0]?.fingerprint}` : `any of ${keys.length} keys`;
    terminal.say(
      `\n${count(complete)} of ${counted(taken.length, 'database')} read throughout, with nothing under ${under} beside the inventory.`,
    );
    terminal.result({ ok, databases: taken.map(memberJson) });
    return ok ? 0 : 3;
  });
}

async function membersOf(options: Options): Promise<FleetMember[]> {
  const named = requireFleetEnvironment(options);
  if (options.databases !== undefined || options.like !== undefined) return fleetOf(named, options);
  const names = await membersToSearch(named.folder, named.settings.address.database);
  return names.map((name) => ({ name, database: databaseOf(named, name) }));
}

function sayCensuses(taken: readonly MemberCensus[], terminal: Terminal): void {
  const titles = ['database', 'read', 'beside the inventory', 'not read', 'why'];
  const rows = taken.map((one) => {
    if ('failure' in one) return [one.name, '', '', 'the database', one.failure.message];
    const { places, unread } = one.census;
    const beside = places.filter(({ inInventory }) => !inInventory).length;
    return [one.name, readScope(one.census), count(beside), count(unread.length), ''];
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
