import { type Command, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import type { KnownWorkspace } from '#workspace/workspace';
import type { CommandContext, OptionsOf } from '#commands/command-context';
import {
  commandWorkspace,
  knownWorkspace,
  requireNamed,
  type WorkspaceOptions,
} from '#commands/command-workspace';
import type { ProgressLine } from '#commands/progress-line';
import { databaseOption } from '#commands/options';

/** Gives a command the options that every job over a fleet has. */
export function offerFleet(command: Command) {
  return command
    .addOption(databaseOption)
    .option('--databases <file>', 'the databases, a name a line, on the server of the environment')
    .option('--like <pattern>', 'every database of the server with such a name, like org_%')
    .addOption(
      new Option('--concurrency <n>', 'how many databases are worked on at once')
        .default(4)
        .argParser(wholeNumber),
    );
}

export type FleetOptions = OptionsOf<typeof offerFleet>;

/** A progress line on which work over a fleet stands under these words. */
export function fleetProgress(progress: ProgressLine, words: string) {
  return {
    show: (_: 'fleet', done: number, total?: number) => progress.show(words, done, total),
    end: () => progress.end(),
  };
}

/** The workspace of `--env`, whose key ring and columns are those of the whole fleet. Throws `usage` without one. */
export async function fleetWorkspace(
  options: WorkspaceOptions,
  context: CommandContext,
): Promise<KnownWorkspace> {
  requireNamed(options);
  return knownWorkspace(await commandWorkspace(options, context));
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 32) return value;
  throw new InvalidArgumentError('it is a whole number from 1 to 32');
}
