import { type Command, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import type { OptionsOf } from '#commands/command-context';
import { databaseOption } from '#commands/options';

const serversOption = new Option(
  '--servers <file>',
  'additional servers of the fleet, one connection string per line: postgres://role@host:5432/postgres?sslmode=verify-full',
);

const concurrencyOption = new Option('--concurrency <n>', 'how many databases to process at once')
  .default(4)
  .argParser(wholeNumber);

/** Gives a command the options that every job over a fleet has. */
export function offerFleet(command: Command) {
  return command
    .addOption(databaseOption)
    .option(
      '--databases <file>',
      'the databases, one per line: a name on the environment’s server, or a connection string',
    )
    .option('--like <pattern>', 'all databases on the servers whose names match, such as org_%')
    .addOption(serversOption)
    .addOption(concurrencyOption);
}

/** Gives a command the options of a job over those databases of a fleet that are on record. */
export function offerRecordedFleet(command: Command) {
  return command.addOption(databaseOption).addOption(serversOption).addOption(concurrencyOption);
}

export type FleetOptions = OptionsOf<typeof offerFleet>;

function wholeNumber(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 32) return value;
  throw new InvalidArgumentError('use a whole number from 1 to 32');
}
