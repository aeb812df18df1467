import { Command } from 'commander';
import { credentialsExportCommand } from './export.ts';
import { credentialsImportCommand } from './import.ts';
import { credentialsListCommand } from './list.ts';
import { credentialsShowCommand } from './show.ts';
import { credentialsVerifyCommand } from './verify.ts';

export function credentialsCommand(): Command {
  return new Command('credentials')
    .description('list the credentials, keep them in a sealed archive, and write them back from it')
    .addCommand(credentialsListCommand())
    .addCommand(credentialsShowCommand())
    .addCommand(credentialsExportCommand())
    .addCommand(credentialsVerifyCommand())
    .addCommand(credentialsImportCommand());
}
