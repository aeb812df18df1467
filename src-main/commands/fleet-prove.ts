import { Command } from 'commander';
import { openedIn } from '#shared/opened-values';
import { counted, formatCount } from '#shared/counted';
import { KeelError } from '#errors/keel-error';
import { inParallel } from '#shared/in-parallel';
import type { Proof } from '#rotation/prove';
import { type FleetMember, proveMember } from '../compose-fleet.ts';
import { runs } from './command-context.ts';
import { type FleetOptions, fleetOf } from './fleet-databases.ts';
import { offerFleet, requireFleetEnvironment } from './fleet-options.ts';
import type { KeySource } from './key-source.ts';
import type { Named } from './named-environment.ts';
import { excludeOption, jsonOption, keyOptions, passphraseOption } from './options.ts';
import { givenKey } from './ring-key.ts';
import { textTable } from './text-table.ts';

interface Options extends Named, KeySource, FleetOptions {
  readonly passphraseFile?: string;
  readonly exclude: readonly string[];
}

/** `keel fleet prove`: one key against every database of a list; only reads. */
export function fleetProveCommand(): Command {
  const command = offerFleet(new Command('prove')).description(
    'open every value of every database of a list with the key, and say what that proves; only reads',
  );
  for (const option of keyOptions) command.addOption(option);
  command.addOption(passphraseOption).addOption(excludeOption).addOption(jsonOption);
  return runs<Options>(command, async (options, { terminal, signal }) => {
    const named = requireFleetEnvironment(options);
    const members = await fleetOf(named, options);
    using key = await givenKey(options);
    const progress = terminal.progress();
    let ended = 0;
    const outcomes = await inParallel(members, { limit: options.concurrency, signal }, async (member) => {
      try {
        return await proveMember(member, {
          key,
          columns: named.settings.inventory,
          excluded: options.exclude,
          signal,
        });
      } finally {
        ended += 1;
        progress.show('proving databases', ended, members.length);
      }
    });
    progress.end();
    const told = members.map(({ name }, at) => describe(name, outcomes[at]));
    terminal.say(
      textTable(
        [
          { title: 'database' },
          { title: 'verdict' },
          { title: 'opens', align: 'right' },
          { title: 'values', align: 'right' },
          { title: 'bits', align: 'right' },
          { title: 'why' },
        ],
        told.map(({ name, verdict, opened, values, bits, message }) => [
          name,
          verdict,
          ...[opened, values, bits].map((number) => (number === undefined ? '' : formatCount(number))),
          message ?? '',
        ]),
        terminal.paint,
      ),
    );
    const right = told.filter(({ verdict }) => verdict === 'correct').length;
    terminal.say(
      `\nKey ${key.fingerprint} opens ${formatCount(right)} of ${counted(told.length, 'database')}`,
    );
    if (signal.aborted)
      throw new KeelError('cancelled', 'cancelled; nothing was changed', 'start it again when you like');
    terminal.result({ ok: right === told.length, fingerprint: key.fingerprint, databases: told });
    return right === told.length ? 0 : 3;
  });
}

type Outcome = Awaited<ReturnType<typeof inParallel<FleetMember, Proof>>>[number];

interface ToldProof {
  readonly name: string;
  readonly verdict: Proof['verdict'] | 'failed';
  readonly opened?: number;
  readonly values?: number;
  readonly bits?: number;
  readonly code?: string;
  readonly message?: string;
}

function describe(name: string, outcome: Outcome): ToldProof {
  if (outcome && 'value' in outcome) {
    const { verdict, bits, columns } = outcome.value;
    return { name, verdict, ...openedIn(columns), bits: Math.round(bits) };
  }
  const error = outcome?.error;
  return error instanceof KeelError
    ? { name, verdict: 'failed', code: error.code, message: error.message }
    : {
        name,
        verdict: 'failed',
        code: 'internal',
        message: outcome ? 'something in Keel went wrong' : 'not begun',
      };
}
