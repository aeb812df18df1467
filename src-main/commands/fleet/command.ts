import { Command } from 'commander';
import { fleetCensusCommand } from './census.ts';
import { fleetPostureCommand } from './posture.ts';
import { fleetProveCommand } from './prove.ts';
import { fleetRotateCommand } from './rotate.ts';

/** `keel fleet …`: one job over many databases of an environment, as Ballast keeps one for each organisation. */
export function fleetCommand(): Command {
  return new Command('fleet')
    .description(
      'prove, search, look at or rotate many databases of one server, which share the environment’s key',
    )
    .addCommand(fleetProveCommand())
    .addCommand(fleetCensusCommand())
    .addCommand(fleetPostureCommand())
    .addCommand(fleetRotateCommand());
}
