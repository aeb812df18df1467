import { Command } from 'commander';
import { replaceKey } from '#api-keys/change-keys';
import { noteDone } from './api-key-note.ts';
import {
  costOption,
  expiresOption,
  expiryOf,
  findKey,
  idOption,
  type KeyOutput,
  nameOption,
  outOption,
  printOption,
  requireOutput,
  reserveOutput,
  sayKey,
  setOption,
  type WhichKey,
} from './api-key-options.ts';
import { type TableOptions, withKeyTable, withTableOptions } from './api-key-table.ts';
import { runs } from './command-context.ts';
import { confirm } from './confirm.ts';
import { jsonOption, yesOption } from './options.ts';

interface Options extends TableOptions, KeyOutput, WhichKey {
  readonly newName?: string;
  readonly expires: string;
  readonly cost: number;
  readonly set: Readonly<Record<string, string>>;
  readonly yes?: boolean;
}

export function apiKeyReplaceCommand(): Command {
  const command = withTableOptions(
    new Command('replace').description('make a key like another and revoke that one, both or neither'),
  )
    .addOption(idOption)
    .addOption(nameOption)
    .option('--new-name <name>', 'another name for the new key')
    .addOption(expiresOption)
    .addOption(costOption)
    .addOption(setOption)
    .addOption(outOption)
    .addOption(printOption)
    .addOption(yesOption)
    .addOption(jsonOption);
  return runs<Options>(command, async (options, { terminal, signal }) => {
    requireOutput(options);
    const { cost, newName, set: values } = options;
    const expiresAt = expiryOf(options.expires, new Date());
    return withKeyTable<0>(options, terminal, signal, async (client, table, database) => {
      const { key: old, id } = await findKey(client, table, options);
      const question = `${old.label} stops working, and whoever uses it needs the new key.`;
      await confirm(question, old.label, options.yes ?? false);
      const handOver = await reserveOutput(options);
      const made = await replaceKey(
        client,
        table,
        id,
        {
          ...(newName !== undefined && { name: newName }),
          ...(expiresAt !== undefined && { expiresAt }),
          cost,
          values,
        },
        () => undefined,
      ).catch(handOver.undo);
      using key = made.key;
      const detail = `${old.label} revoked, ${made.row.key.label} made in its place`;
      await noteDone(database, 'API key replaced', detail, terminal);
      await handOver.write(key);
      terminal.say(`${terminal.paint('good', 'Replaced.')} ${old.label} is revoked.`);
      sayKey(key, options, terminal);
      const { findings: _, ...row } = made.row.key;
      const where = options.print ? { text: key.bytes.toString('ascii') } : { file: options.out };
      terminal.result({ ok: true, key: { ...row, ...where }, replaced: old.id });
      return 0;
    });
  });
}
