import { Command } from 'commander';
import { envAddCommand } from './env-add.ts';
import { envListCommand } from './env-list.ts';
import { envRemoveCommand } from './env-remove.ts';
import { envShowCommand } from './env-show.ts';
import { envUpdateCommand } from './env-update.ts';

export function envCommand(): Command {
  return new Command('env')
    .description('the environments that `--env NAME` and the desktop app know')
    .addCommand(envAddCommand())
    .addCommand(envListCommand())
    .addCommand(envShowCommand())
    .addCommand(envUpdateCommand())
    .addCommand(envRemoveCommand());
}
