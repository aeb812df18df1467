import type { Command } from '@commander-js/extra-typings';
import { recoverFleet } from '#fleet/use-cases/recover';
import { sweepFleet } from '#fleet/use-cases/sweep';
import { undoFleet } from '#fleet/use-cases/undo';
import { type FleetDatabase, readFleetRecord } from '#records/fleet-record';
import { counted, formatCount } from '#shared/counted';
import { runs } from '#commands/command-context';
import { askingContext, useCaseContext, namedWorkspace } from '#commands/command-workspace';
import { acceptOption, jsonOption, lockTimeoutOption, passphraseOption, yesOption } from '#commands/options';
import type { Terminal } from '#commands/terminal';
import type { KnownWorkspace } from '#workspace/workspace';
import { reachOf } from './databases.ts';
import { offerRecordedFleet } from './options.ts';
import { sayFleet, sayGivenUp } from './report.ts';

/** `keel fleet recover`, of every database that has records here. */
export function defineRecover(command: Command): void {
  defineForRecorded(command, recoverFleet, { words: 'recovering databases', done: 'settled' });
}

/** `keel fleet sweep`, of every database that is on record here. */
export function defineSweep(command: Command): void {
  defineForRecorded(command, sweepFleet, { words: 'sweeping databases', done: 'swept, with nothing found' });
}

function defineForRecorded(
  command: Command,
  work: typeof recoverFleet | typeof sweepFleet,
  { words, done }: { readonly words: string; readonly done: string },
): void {
  const offered = offerRecordedFleet(command).addOption(passphraseOption).addOption(jsonOption);
  runs(offered, async (options, context) => {
    using workspace = await namedWorkspace(options, context);
    const reach = await reachOf(workspace, options, context.terminal);
    const limit = options.concurrency;
    const outcomes = await work(workspace, { limit, reach }, useCaseContext(context, words));
    return tell(outcomes, done, workspace, context.terminal);
  });
}

/** `keel fleet undo`: back to the key that the last rotation of the fleet came from. */
export function defineUndo(command: Command): void {
  const offered = offerRecordedFleet(command)
    .addOption(acceptOption)
    .addOption(lockTimeoutOption)
    .addOption(passphraseOption)
    .addOption(yesOption)
    .addOption(jsonOption);
  runs(offered, async (options, context) => {
    using workspace = await namedWorkspace(options, context);
    const reach = await reachOf(workspace, options, context.terminal);
    const outcomes = await undoFleet(
      workspace,
      {
        limit: options.concurrency,
        reach,
        accepted: options.accept,
        lockTimeoutMs: options.lockTimeout,
      },
      askingContext(context, {
        yes: options.yes,
        words: 'undoing databases',
        ask: (plan) => ({
          question:
            plan.of === 'undo-fleet'
              ? `${counted(plan.databases.length, 'database')} of ${plan.members} will be rotated back from key ${plan.from} to key ${plan.to}.`
              : '',
          name: workspace.settings.name,
        }),
      }),
    );
    return tell(outcomes, 'encrypted with the previous key again', workspace, context.terminal);
  });
}

async function tell(
  outcomes: readonly FleetDatabase[],
  done: string,
  { folder }: KnownWorkspace,
  terminal: Terminal,
): Promise<0 | 3> {
  sayFleet(outcomes, terminal);
  const right = outcomes.filter(({ state }) => state === 'done').length;
  terminal.say(`\n${formatCount(right)} of ${counted(outcomes.length, 'database')} on record here ${done}`);
  const givenUp = (await readFleetRecord(folder))?.givenUp ?? [];
  sayGivenUp(givenUp, terminal);
  const ok = right === outcomes.length;
  terminal.result({ ok, databases: outcomes, givenUp });
  return ok ? 0 : 3;
}
