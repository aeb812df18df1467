import { Command } from 'commander';
import { revokeKey } from '#api-keys/change-keys';
import { noteDone } from './api-key-note.ts';
import { findKey, idOption, nameOption, type WhichKey } from './api-key-options.ts';
import { type TableOptions, withKeyTable, withTableOptions } from './api-key-table.ts';
import { runs } from './command-context.ts';
import { confirm } from './confirm.ts';
import { jsonOption, yesOption } from './options.ts';
import { printable } from './wording.ts';

interface Options extends TableOptions, WhichKey {
  readonly yes?: boolean;
}

export function apiKeyRevokeCommand(): Command {
  const command = withTableOptions(new Command('revoke').description('revoke an API key; its row stays'))
    .addOption(idOption)
    .addOption(nameOption)
    .addOption(yesOption)
    .addOption(jsonOption);
  return runs<Options>(command, async (options, { terminal, signal }) =>
    withKeyTable<0>(options, terminal, signal, async (client, table, database) => {
      const { key, id } = await findKey(client, table, options);
      const used = key.lastUsedAt === undefined ? '' : ` (last used on ${key.lastUsedAt.slice(0, 10)})`;
      const question = `${key.label}${used} stops working.`;
      await confirm(question, key.label, options.yes ?? false);
      await revokeKey(client, table, id, () => undefined);
      await noteDone(database, 'API key revoked', key.label, terminal);
      terminal.say(`${terminal.paint('good', 'Revoked.')} ${printable(key.label)} is not active any more.`);
      terminal.result({ ok: true, revoked: id });
      return 0;
    }),
  );
}
