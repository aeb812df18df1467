import { Command } from 'commander';
import { envAddCommand } from './add.ts';
import { envListCommand } from './list.ts';
import { envRemoveCommand } from './remove.ts';
import { envShowCommand } from './show.ts';
import { envUpdateCommand } from './update.ts';

export function envCommand(): Command {
  return new Command('env')
    .description('the environments that `--env NAME` and the desktop app know')
    .addCommand(envAddCommand())
    .addCommand(envListCommand())
    .addCommand(envShowCommand())
    .addCommand(envUpdateCommand())
    .addCommand(envRemoveCommand());
}
