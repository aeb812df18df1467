import { Command } from 'commander';
import { apiKeyCreateCommand } from './api-key-create.ts';
import { apiKeyFindCommand } from './api-key-find.ts';
import { apiKeyListCommand } from './api-key-list.ts';
import { apiKeyReplaceCommand } from './api-key-replace.ts';
import { apiKeyRevokeCommand } from './api-key-revoke.ts';
import { apiKeyVerifyCommand } from './api-key-verify.ts';

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
