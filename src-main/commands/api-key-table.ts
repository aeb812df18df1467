import { readFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import type { Client } from 'pg';
import { z } from 'zod';
import { proposeColumns } from '#api-keys/column-roles';
import { findKeyTables } from '#api-keys/discovery';
import { type KeyTable, openKeyTable } from '#api-keys/key-table';
import { readTableFacts } from '#api-keys/table-facts';
import {
  type ApiKeyCandidate,
  type ApiKeyRole,
  apiKeyRoles,
  apiKeyTable,
  type ApiKeyTable,
} from '#contract/api-keys';
import { environmentNameOf } from '#environments/environment-name';
import { readEnvironmentSettings } from '#environments/environment-settings';
import { environmentFolder, keelHome } from '#environments/keel-home';
import { KeelError } from '#errors/keel-error';
import type { Database } from '#workspace/database';
import { requireDatabase } from './command-context.ts';
import { databaseOption } from './options.ts';
import type { Terminal } from './terminal.ts';

/** Which table holds the keys. Without any of these, what was chosen for the database before, else what is found. */
export interface TableOptions {
  readonly database?: string;
  readonly mapping?: string;
  readonly table?: string;
  readonly column: Readonly<Partial<Record<ApiKeyRole, string>>>;
}

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

export function withTableOptions(command: Command): Command {
  return command
    .addOption(databaseOption)
    .option('--table <schema.table>', 'the table of API keys, where it is not to be looked for')
    .addOption(
      new Option(
        '--column <role=column>',
        `names a column of it (repeatable): ${Object.values(words).join(', ')}`,
      )
        .default({}, 'by names and types')
        .argParser(collectColumn),
    )
    .option(
      '--mapping <file>',
      'file that names the table and its columns, as `keel api-key find --out` writes it',
    );
}

function collectColumn(value: string, before: TableOptions['column']): TableOptions['column'] {
  const [, word, column] = /^([\w-]+)=(.+)$/.exec(value) ?? [];
  const role = apiKeyRoles.find((one) => words[one] === word);
  if (role !== undefined && column !== undefined) return { ...before, [role]: column };
  throw new KeelError(
    'usage',
    `\`${value}\` names no column of a known role`,
    `write --column ROLE=COLUMN, with one of ${Object.values(words).join(', ')}`,
  );
}

/** Owns a connection, opens the table that the options mean, and does the work. */
export async function withKeyTable<T>(
  options: TableOptions,
  terminal: Terminal,
  signal: AbortSignal,
  work: (client: Client, table: KeyTable, database: Database) => Promise<T>,
): Promise<T> {
  const database = requireDatabase(options);
  const client = await database.open('keel api-key');
  try {
    const mapping = await mappingOf(options, client, database, terminal, signal);
    return await work(client, await openKeyTable(client, mapping), database);
  } finally {
    await client.end();
  }
}

async function mappingOf(
  options: TableOptions,
  client: Client,
  database: Database,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<ApiKeyTable> {
  if (options.mapping !== undefined) return readMapping(options.mapping);
  if (options.table !== undefined) return namedTable(client, options.table, options.column);
  const kept = await keptMapping(database);
  if (kept) return { ...kept, columns: { ...kept.columns, ...options.column } };
  const progress = terminal.progress();
  const { candidates } = await findKeyTables(client, {
    signal,
    onTable: (done, total) => progress.show('looking for the table', done, total),
  }).finally(() => progress.end());
  const { table } = onlyOne(candidates);
  terminal.note(`API keys in ${table.schema}.${table.table}, hashes in ${table.columns.hash}`);
  return { ...table, columns: { ...table.columns, ...options.column } };
}

/** Throws `api-key-table-missing` unless exactly one table is what is looked for. */
function onlyOne(candidates: readonly ApiKeyCandidate[]): ApiKeyCandidate {
  const likely = candidates.filter(({ standing }) => standing === 'likely');
  const best = likely.length > 0 ? likely : candidates.filter(({ standing }) => standing === 'empty');
  const [first, ...others] = best;
  if (first && others.length === 0) return first;
  const labels = (list: readonly ApiKeyCandidate[]) =>
    list.map(({ table }) => `${table.schema}.${table.table}`).join(', ');
  throw new KeelError(
    'api-key-table-missing',
    first
      ? `more than one table could hold the API keys: ${labels(best)}; nothing was done`
      : `no table of API keys was found${candidates.length > 0 ? ` (${labels(candidates)} has hashes, but of passwords as it seems)` : ''}; nothing was done`,
    'name it with `--table SCHEMA.TABLE`; `keel api-key find` says why',
  );
}

async function namedTable(
  client: Client,
  label: string,
  column: TableOptions['column'],
): Promise<ApiKeyTable> {
  const facts = (await readTableFacts(client)).find(
    (one) => one.label === label || one.label === `public.${label}`,
  );
  if (!facts) {
    throw new KeelError(
      'api-key-table-missing',
      `there is no table ${label}; nothing was done`,
      'write it as schema.table, in the case in which the database has it',
    );
  }
  const { hash, ...columns } = { ...proposeColumns(facts.columns, column.hash), ...column };
  if (hash !== undefined) return { schema: facts.schema, table: facts.table, columns: { ...columns, hash } };
  throw new KeelError(
    'api-key-table-missing',
    `no column of ${label} is called like one for hashes; nothing was done`,
    'name it with `--column hash=COLUMN`',
  );
}

/** What the window's admin, or an earlier one, chose for this database. */
async function keptMapping({ target }: Database): Promise<ApiKeyTable | undefined> {
  const folder = await environmentFolder(
    keelHome(),
    environmentNameOf(target.host, target.port, target.database),
  );
  return (await readEnvironmentSettings(folder))?.apiKeyTable;
}

async function readMapping(path: string): Promise<ApiKeyTable> {
  const malformed = (why: string, cause?: unknown) =>
    new KeelError(
      'inventory-malformed',
      `the mapping ${path} cannot be used: ${why}; nothing was done`,
      'compare it with what `keel api-key find --out FILE` writes',
      { cause },
    );
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw malformed(`it cannot be read (${error.code})`, error);
  });
  try {
    const result = apiKeyTable.safeParse(JSON.parse(text));
    if (result.success) return result.data;
    throw malformed(z.prettifyError(result.error).replace(/\s*\n\s*/g, ' '));
  } catch (error) {
    throw error instanceof SyntaxError ? malformed('it is not JSON', error) : error;
  }
}
