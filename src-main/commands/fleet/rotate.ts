import { counted, formatCount } from '#shared/counted';
import { type Command, Option } from '@commander-js/extra-typings';
import { KeelError } from '#errors/keel-error';
import { type FleetReport, rotateFleet } from '#fleet/use-cases/rotate';
import type { KnownWorkspace } from '#workspace/workspace';
import { fleetReach } from '#fleet/members';
import { readFleetRecord } from '#records/fleet-record';
import { sayBeyondReach } from '#commands/rotation/beyond-reach-report';
import { runs } from '#commands/command-context';
import { askingContext, namedWorkspace } from '#commands/command-workspace';
import { fleetOf } from './databases.ts';
import { offerFleet } from './options.ts';
import { sayFleet } from './report.ts';
import { otherApplication } from '#commands/keys/application-option';
import { readKeyFile } from '#commands/keys/key-source';
import {
  acceptOption,
  excludeOption,
  jsonOption,
  lockTimeoutOption,
  passphraseOption,
  yesOption,
} from '#commands/options';
import { proveOwnFile } from '#commands/backup/prove-artefact';
import type { Terminal } from '#commands/terminal';
import { shellWord } from '#shared/shell-word';

/** `keel fleet rotate`: every database of a list, each in its own transaction. */
export function define(command: Command): void {
  const offered = offerFleet(command)
    .addOption(
      new Option(
        '--from-key-file <file>',
        'the key that they are encrypted with now (default: the active key of the key ring)',
      ),
    )
    .addOption(
      new Option('--to-key-file <file>', 'the new key, in your own file, which counts as its backup'),
    )
    .option('--rehearse', 'do everything in each database, then roll back')
    .addOption(excludeOption)
    .addOption(acceptOption)
    .addOption(lockTimeoutOption)
    .addOption(passphraseOption)
    .addOption(yesOption)
    .addOption(jsonOption);
  runs(offered, async (options, context) => {
    const { terminal } = context;
    using workspace = await namedWorkspace(options, context);
    const { names: found, reach } = await fleetOf(workspace, options, terminal);
    // what a pattern finds again was given up for a reason; a list names what it means
    const givenUp =
      options.like === undefined ? [] : ((await readFleetRecord(workspace.folder))?.givenUp ?? []);
    const databases = found.filter((name) => !givenUp.some((one) => one.name === name));
    for (const { name } of givenUp)
      if (found.includes(name)) terminal.note(`${name} was given up and is skipped`);
    const { fromKeyFile, toKeyFile } = options;
    const asWritten = otherApplication(options) !== undefined;
    using from =
      fromKeyFile === undefined ? undefined : await readKeyFile(fromKeyFile, { allowWeak: true, asWritten });
    using to = toKeyFile === undefined ? undefined : await readKeyFile(toKeyFile, { asWritten });
    const rehearsal = options.rehearse === true;
    const report = await rotateFleet(
      workspace,
      {
        databases,
        reach,
        given: { from, to },
        excluded: options.exclude,
        accepted: options.accept,
        lockTimeoutMs: options.lockTimeout,
        rehearsal,
        limit: options.concurrency,
        async prepareKeys({ keyRing }) {
          if (!to || toKeyFile === undefined) return;
          await keyRing.hold(to, 'pending');
          await keyRing.recordProof(to.fingerprint, await proveOwnFile(toKeyFile, to));
        },
      },
      askingContext(context, {
        yes: options.yes,
        words: 'rotating databases',
        ask: (plan) => ({
          question:
            plan.of === 'rotate-fleet'
              ? `${counted(plan.databases.length, 'database')} of ${plan.members} will be rotated from key ${plan.from} to key ${plan.to}.`
              : '',
          name: workspace.settings.name,
        }),
      }),
    );
    return tell(report, databases, rehearsal, workspace, terminal);
  });
}

function tell(
  { record, cancelled }: FleetReport,
  databases: readonly string[],
  rehearsal: boolean,
  { settings }: KnownWorkspace,
  terminal: Terminal,
): 0 | 3 {
  const mine = record.databases.filter(({ name }) => databases.includes(name));
  const of = (state: string) => mine.filter((one) => one.state === state);
  const [done, failed, waiting] = [of('done'), of('failed'), of('waiting')];
  sayFleet(mine, terminal);
  const rows = done.reduce((sum, { rows = 0 }) => sum + rows, 0);
  terminal.say(
    `\n${formatCount(done.length)} of ${counted(mine.length, 'database')} ${rehearsal ? 'rehearsed and rolled back' : `encrypted with key ${record.to}`}, ${counted(rows, 'row')}; ${formatCount(failed.length)} failed, ${formatCount(waiting.length)} not started`,
  );
  const others = rehearsal
    ? []
    : record.databases.filter(({ name, state }) => state !== 'done' && !databases.includes(name));
  if (others.length > 0) {
    terminal.say(
      `${counted(others.length, 'other database')} of this rotation ${others.length === 1 ? 'is' : 'are'} not rotated yet: \`keel fleet status\` lists them.`,
    );
  }
  if (failed.length + waiting.length > 0 && !rehearsal)
    terminal.say('Run the same command again to rotate the remaining databases only.');
  if (done.length > 0 && !rehearsal) {
    terminal.say(
      `The key is now ${record.to}. Give it to whatever reads these databases: \`keel handoff apply --env ${shellWord(settings.name)}\`.`,
    );
  }
  if (cancelled) {
    throw new KeelError(
      'cancelled',
      `cancelled: ${counted(done.length, 'database')} were rotated and stay rotated; the database in progress was rolled back`,
      'run the same command again to rotate the rest',
    );
  }
  const ok = failed.length + waiting.length === 0;
  const reach = fleetReach(record, settings.inventory, rehearsal);
  if (reach) sayBeyondReach(reach, terminal);
  terminal.result({
    ok,
    from: record.from,
    to: record.to,
    rehearsal,
    databases: mine,
    ...(others.length > 0 && { others: others.map(({ name }) => name) }),
    ...(reach && { beyondReach: reach }),
  });
  return ok ? 0 : 3;
}
