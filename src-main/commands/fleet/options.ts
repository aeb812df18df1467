import { type Command, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import type { OptionsOf } from '#commands/command-context';
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

function wholeNumber(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 32) return value;
  throw new InvalidArgumentError('it is a whole number from 1 to 32');
}
