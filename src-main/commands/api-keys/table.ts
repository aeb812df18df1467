import { type Command, Option } from '@commander-js/extra-typings';
import { z } from 'zod';
import type { TableChoice } from '#api-keys/use-cases/at-key-table';
import type { NamedColumns } from '#api-keys/which-table';
import { type ApiKeyRole, apiKeyRoles, apiKeyTable, type ApiKeyTable } from '#contract/api-keys';
import { KeelError } from '#errors/keel-error';
import { parseJson, readTextFile } from '#storage/text-file';
import type { CommandContext, OptionsOf } from '#commands/command-context';
import { databaseOption } from '#commands/options';

const words: Readonly<Record<ApiKeyRole, string>> = {
  hash: 'hash',
  name: 'name',
  prefix: 'prefix',
  scope: 'scope',
  created: 'created',
  lastUsed: 'last-used',
  expires: 'expires',
  active: 'active',
};

/** Gives a command the options that say which table holds the keys. */
export function withTableOptions(command: Command) {
  return command
    .addOption(databaseOption)
    .option('--table <schema.table>', 'the API key table, instead of searching for it')
    .addOption(
      new Option(
        '--column <role=column>',
        `one of its columns, by role (repeatable): ${Object.values(words).join(', ')}`,
      )
        .default({} as NamedColumns, 'by names and types')
        .argParser(collectColumn),
    )
    .option(
      '--mapping <file>',
      'file that lists the table and its columns, as written by `keel api-key find --out`',
    );
}

/** Without any of these, what was chosen for the database before, else what is found. */
export type TableOptions = OptionsOf<typeof withTableOptions>;

function collectColumn(value: string, before: NamedColumns): NamedColumns {
  const [, word, column] = /^([\w-]+)=(.+)$/.exec(value) ?? [];
  const role = apiKeyRoles.find((one) => words[one] === word);
  if (role !== undefined && column !== undefined) return { ...before, [role]: column };
  throw new KeelError(
    'usage',
    `\`${value}\` does not assign a column to a known role`,
    `use --column ROLE=COLUMN, where ROLE is one of ${Object.values(words).join(', ')}`,
  );
}

/** What the options choose; without any of them the table is searched for. Throws `inventory-malformed` for a mapping that is none. */
export async function tableChoiceOf(
  { mapping, table, column }: TableOptions,
  { terminal }: Pick<CommandContext, 'terminal'>,
): Promise<TableChoice> {
  return {
    ...(mapping !== undefined && { mapping: await readMapping(mapping) }),
    ...(table !== undefined && { label: table }),
    columns: column,
    onFound: ({ schema, table: name, columns: { hash } }) =>
      terminal.note(`API keys in ${schema}.${name}, hashes in ${hash}`),
  };
}

async function readMapping(path: string): Promise<ApiKeyTable> {
  const malformed = (why: string) =>
    new KeelError(
      'inventory-malformed',
      `the mapping ${path} cannot be used: ${why}; nothing was done`,
      'compare it with what `keel api-key find --out FILE` writes',
    );
  const text = await readTextFile(path, {
    code: 'inventory-malformed',
    what: 'the mapping',
    remedy: 'check the path, or create one with `keel api-key find --out FILE`',
  });
  const json = parseJson(text);
  if ('why' in json) throw malformed(json.why);
  const result = apiKeyTable.safeParse(json.value);
  if (result.success) return result.data;
  throw malformed(z.prettifyError(result.error).replace(/\s*\n\s*/g, ' '));
}
