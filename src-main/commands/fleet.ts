import { Command } from 'commander';
import { fleetProveCommand } from './fleet-prove.ts';
import { fleetRotateCommand } from './fleet-rotate.ts';

/** `keel fleet …`: one job over many databases of an environment, as Ballast keeps one for each organisation. */
export function fleetCommand(): Command {
  return new Command('fleet')
    .description('prove or rotate many databases of one server, which share the environment’s key')
    .addCommand(fleetProveCommand())
    .addCommand(fleetRotateCommand());
}
