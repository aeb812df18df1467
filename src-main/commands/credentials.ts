import { Command } from 'commander';
import { credentialsExportCommand } from './credentials-export.ts';
import { credentialsImportCommand } from './credentials-import.ts';
import { credentialsListCommand } from './credentials-list.ts';
import { credentialsShowCommand } from './credentials-show.ts';
import { credentialsVerifyCommand } from './credentials-verify.ts';

export function credentialsCommand(): Command {
  return new Command('credentials')
    .description('list the credentials, keep them in a sealed archive, and write them back from it')
    .addCommand(credentialsListCommand())
    .addCommand(credentialsShowCommand())
    .addCommand(credentialsExportCommand())
    .addCommand(credentialsVerifyCommand())
    .addCommand(credentialsImportCommand());
}
