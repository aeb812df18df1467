import { Command } from 'commander';
import { fleetPostureCommand } from './fleet-posture.ts';
import { fleetProveCommand } from './fleet-prove.ts';
import { fleetRotateCommand } from './fleet-rotate.ts';

/** `keel fleet …`: one job over many databases of an environment, as Ballast keeps one for each organisation. */
export function fleetCommand(): Command {
  return new Command('fleet')
    .description('prove, look at or rotate many databases of one server, which share the environment’s key')
    .addCommand(fleetProveCommand())
    .addCommand(fleetPostureCommand())
    .addCommand(fleetRotateCommand());
}
