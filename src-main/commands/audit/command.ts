import { Command } from 'commander';
import { auditExportCommand } from './export.ts';
import { auditShowCommand } from './show.ts';
import { auditVerifyCommand } from './verify.ts';

export function auditCommand(): Command {
  return new Command('audit')
    .description('what was done with Keel, and whether that log is whole')
    .addCommand(auditShowCommand())
    .addCommand(auditVerifyCommand())
    .addCommand(auditExportCommand());
}
