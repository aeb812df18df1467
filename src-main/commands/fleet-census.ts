import { Command } from 'commander';
import { takeCensus } from '#census/census';
import { type Census, isComplete } from '#census/census-result';
import { KeelError } from '#errors/keel-error';
import { inParallel } from '#fleet/in-parallel';
import { asKeelError, type FleetMember } from '../compose-fleet.ts';
import { databasesOf, keepCensus } from '../compose-keys.ts';
import { noteEffect } from './activity.ts';
import { censusJson, readScope } from './census-report.ts';
import { runs } from './command-context.ts';
import { type FleetOptions, fleetOf } from './fleet-databases.ts';
import { offerFleet, requireFleetEnvironment } from './fleet-options.ts';
import type { KeySource } from './key-source.ts';
import { databaseOf, type Named } from './named-environment.ts';
import { jsonOption, keyOptions, passphraseOption } from './options.ts';
import { keysAtHand } from './ring-key.ts';
import { textTable } from './text-table.ts';
import { count, counted } from './wording.ts';

interface Options extends Named, KeySource, FleetOptions {
  readonly passphraseFile?: string;
}

/** `keel fleet census`: every cell of every database that an environment's keys may be in, under every key of the ring. */
export function fleetCensusCommand(): Command {
  const command = offerFleet(new Command('census')).description(
    'read every cell of every database of a list, or without one of every database that is known of, for values under a key; only reads',
  );
  for (const option of keyOptions) command.addOption(option);
  command.addOption(passphraseOption).addOption(jsonOption);
  return runs<Options>(command, async (options, { terminal, signal }) => {
    const named = requireFleetEnvironment(options);
    const members = await membersOf(options);
    const keys = await keysAtHand(options);
    const progress = terminal.progress();
    const { inventory: columns } = named.settings;
    let ended = 0;
    const outcomes = await inParallel(members, { limit: options.concurrency, signal }, async (member) => {
      const client = await member.database.open('keel census');
      try {
        const inventory = columns.length > 0 ? { version: 1 as const, columns } : undefined;
        const census = await takeCensus(client, { keys, inventory, signal });
        await keepCensus(named.folder, census, member.name);
        return census;
      } finally {
        await client.end();
        ended += 1;
        progress.show('census of databases', ended, members.length);
      }
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
    const told = members.map(({ name }, at) => describe(name, outcomes[at]));
    terminal.say(
      textTable(
        ['database', 'read', 'beside the inventory', 'not read', 'why'].map((title) => ({ title })),
        told.map((one) =>
          'census' in one
            ? [
                one.name,
                readScope(one.census),
                count(one.census.places.filter(({ inInventory }) => !inInventory).length),
                count(one.census.unread.length),
                '',
              ]
            : [one.name, 'not read', '', '', one.message],
        ),
        terminal.paint,
      ),
    );
    const complete = told.filter((one) => 'census' in one && isComplete(one.census)).length;
    await noteEffect(terminal, {
      folder: named.folder,
      action: 'fleet census taken',
      detail: `${complete} of ${told.length} databases read throughout, with nothing under a key beside the inventory`,
      outcome: complete === told.length ? 'done' : 'failed',
    });
    terminal.say(
      `\n${count(complete)} of ${counted(told.length, 'database')} read throughout, with nothing under ${keys.length === 1 ? `key ${keys[0]?.fingerprint}` : `any of ${keys.length} keys`} beside the inventory.`,
    );
    const ok = complete === told.length;
    terminal.result({
      ok,
      databases: told.map((one) =>
        'census' in one
          ? { name: one.name, ok: isComplete(one.census), ...censusJson(one.census) }
          : { ok: false, ...one },
      ),
    });
    return ok ? 0 : 3;
  });
}

/** Without a list, all on the environment's server that keys of it may be in. */
async function membersOf(options: Options): Promise<FleetMember[]> {
  const named = requireFleetEnvironment(options);
  if (options.databases !== undefined || options.like !== undefined) return fleetOf(named, options);
  const own = named.settings.address.database;
  const others = (await databasesOf(named.folder)).flatMap(({ member }) => member ?? []);
  return [...new Set([own, ...others])].map((name) => ({ name, database: databaseOf(named, name) }));
}

type Outcome = Awaited<ReturnType<typeof inParallel<FleetMember, Census>>>[number];

function describe(
  name: string,
  outcome: Outcome,
):
  | { readonly name: string; readonly census: Census }
  | { readonly name: string; readonly code: string; readonly message: string } {
  if (outcome && 'value' in outcome) return { name, census: outcome.value };
  const { code, message } = asKeelError(outcome?.error);
  return { name, code, message };
}
