import { Command } from 'commander';
import { createKey } from '#api-keys/change-keys';
import { apiKeyScope } from '#contract/api-keys';
import { KeelError } from '#errors/keel-error';
import { noteDone } from './api-key-note.ts';
import {
  costOption,
  expiresOption,
  expiryOf,
  type KeyOutput,
  outOption,
  printOption,
  requireOutput,
  reserveOutput,
  sayKey,
  setOption,
} from './api-key-options.ts';
import { type TableOptions, withKeyTable, withTableOptions } from './api-key-table.ts';
import { runs } from './command-context.ts';
import { jsonOption } from './options.ts';

interface Options extends TableOptions, KeyOutput {
  readonly name: string;
  readonly scope?: string;
  readonly expires: string;
  readonly cost: number;
  readonly set: Readonly<Record<string, string>>;
}

export function apiKeyCreateCommand(): Command {
  const command = withTableOptions(
    new Command('create').description('make an API key; its hash goes to the database, the key to you, once'),
  )
    .requiredOption('--name <name>', 'what the key is called')
    .option('--scope <scope>', 'collection:col_…, organization, or user:usr_…')
    .addOption(expiresOption)
    .addOption(costOption)
    .addOption(setOption)
    .addOption(outOption)
    .addOption(printOption)
    .addOption(jsonOption);
  return runs<Options>(command, async (options, { terminal, signal }) => {
    requireOutput(options);
    const { name, cost, set: values } = options;
    const expiresAt = expiryOf(options.expires, new Date());
    const scope = options.scope === undefined ? undefined : readScope(options.scope);
    return withKeyTable<0>(options, terminal, signal, async (client, table, database) => {
      if (scope === undefined && table.columns.scope && values[table.columns.scope.name] === undefined) {
        throw new KeelError(
          'usage',
          'nothing says what the key is for',
          'give --scope collection:col_…, organization or user:usr_…',
        );
      }
      const handOver = await reserveOutput(options);
      const made = await createKey(client, table, {
        name,
        ...(scope !== undefined && { scope }),
        ...(expiresAt !== undefined && { expiresAt }),
        cost,
        values,
      }).catch(handOver.undo);
      using key = made.key;
      await noteDone(
        database,
        'API key created',
        `${made.row.key.label}, for ${made.row.key.scope ?? 'no scope'}`,
        terminal,
      );
      await handOver.write(key);
      sayKey(key, options, terminal);
      const { findings: _, ...row } = made.row.key;
      terminal.result({
        ok: true,
        key: { ...row, ...(options.print ? { text: key.bytes.toString('ascii') } : { file: options.out }) },
      });
      return 0;
    });
  });
}

function readScope(text: string): string {
  if (apiKeyScope.safeParse(text).success) return text;
  throw new KeelError(
    'usage',
    `\`${text}\` is no scope that Ballast knows`,
    'write collection:col_…, organization or user:usr_…; for another form, give its column with --set',
  );
}
