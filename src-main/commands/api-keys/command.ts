import { Command } from 'commander';
import { apiKeyCreateCommand } from './create.ts';
import { apiKeyFindCommand } from './find.ts';
import { apiKeyListCommand } from './list.ts';
import { apiKeyReplaceCommand } from './replace.ts';
import { apiKeyRevokeCommand } from './revoke.ts';
import { apiKeyVerifyCommand } from './verify.ts';

/** `keel api-key …` */
export function apiKeyCommand(): Command {
  return new Command('api-key')
    .description('look after Ballast’s API keys, of which its database keeps bcrypt hashes')
    .addCommand(apiKeyListCommand())
    .addCommand(apiKeyCreateCommand())
    .addCommand(apiKeyVerifyCommand())
    .addCommand(apiKeyRevokeCommand())
    .addCommand(apiKeyReplaceCommand())
    .addCommand(apiKeyFindCommand());
}
