import type { Command } from '@commander-js/extra-typings';
import { recoverFleet, sweepFleet, undoFleet } from '#fleet/use-cases/settle';
import type { FleetDatabase } from '#records/fleet-record';
import { counted, formatCount } from '#shared/counted';
import { runs } from '#commands/command-context';
import { askingContext, useCaseContext, namedWorkspace } from '#commands/command-workspace';
import {
  acceptOption,
  databaseOption,
  jsonOption,
  lockTimeoutOption,
  passphraseOption,
  yesOption,
} from '#commands/options';
import type { Terminal } from '#commands/terminal';
import { sayFleet } from './report.ts';

/** Each rotation holds two connections. */
const limit = 4;

/** `keel fleet recover`, of every database that has records here. */
export function defineRecover(command: Command): void {
  runs(withRecord(command), async (options, context) => {
    using workspace = await namedWorkspace(options, context);
    const outcomes = await recoverFleet(
      workspace,
      { limit },
      useCaseContext(context, 'recovering databases'),
    );
    return tell(outcomes, 'settled', context.terminal);
  });
}

/** `keel fleet sweep`, of every database that has records here. */
export function defineSweep(command: Command): void {
  runs(withRecord(command), async (options, context) => {
    using workspace = await namedWorkspace(options, context);
    const outcomes = await sweepFleet(workspace, { limit }, useCaseContext(context, 'sweeping databases'));
    return tell(outcomes, 'swept clear', context.terminal);
  });
}

/** `keel fleet undo`: back to the key that the last rotation of the fleet came from. */
export function defineUndo(command: Command): void {
  const offered = command
    .addOption(databaseOption)
    .addOption(acceptOption)
    .addOption(lockTimeoutOption)
    .addOption(passphraseOption)
    .addOption(yesOption)
    .addOption(jsonOption);
  runs(offered, async (options, context) => {
    using workspace = await namedWorkspace(options, context);
    const outcomes = await undoFleet(
      workspace,
      { limit, accepted: options.accept, lockTimeoutMs: options.lockTimeout },
      askingContext(context, {
        yes: options.yes,
        words: 'undoing databases',
        ask: (plan) => ({
          question:
            plan.of === 'rotate-fleet'
              ? `${counted(plan.databases, 'database')} of ${plan.members} go back from key ${plan.from} to key ${plan.to}.`
              : '',
          name: workspace.settings.name,
        }),
      }),
    );
    return tell(outcomes, 'back under the earlier key', context.terminal);
  });
}

/** Gives a command what it needs to look at what is on record. */
function withRecord(command: Command) {
  return command.addOption(databaseOption).addOption(passphraseOption).addOption(jsonOption);
}

function tell(outcomes: readonly FleetDatabase[], done: string, terminal: Terminal): 0 | 3 {
  sayFleet(outcomes, terminal);
  const right = outcomes.filter(({ state }) => state === 'done').length;
  terminal.say(`\n${formatCount(right)} of ${counted(outcomes.length, 'database')} on record here ${done}`);
  const ok = right === outcomes.length;
  terminal.result({ ok, databases: outcomes });
  return ok ? 0 : 3;
}
