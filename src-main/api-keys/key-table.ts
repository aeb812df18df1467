import type { Client } from 'pg';
import { type ApiKeyRole, apiKeyRoles, type ApiKeyTable } from '#contract/api-keys';
import { KeelError } from '#errors/keel-error';
import { type KeyColumns, mayHold } from './column-roles.ts';
import { type StateElsewhere, stateElsewhere } from './state-elsewhere.ts';
import { type ColumnFacts, readTableFacts, type TableFacts } from './table-facts.ts';

/** The table of API keys, as the server knows it now. */
export interface KeyTable {
  readonly mapping: ApiKeyTable;
  readonly facts: TableFacts;
  readonly columns: KeyColumns;
  readonly elsewhere: readonly StateElsewhere[];
}

/**
 * Joins a mapping with the catalog. Throws `api-key-table-missing` naming what is not there (any more) or has the wrong type,
 * and `privilege-missing` where the role may not read it, or would not see every row.
 */
export async function openKeyTable(client: Client, mapping: ApiKeyTable): Promise<KeyTable> {
  const label = `${mapping.schema}.${mapping.table}`;
  const [facts] = await readTableFacts(client, [mapping]);
  if (!facts) throw doesNotFit(label, ['the table does not exist']);
  const problems: string[] = [];
  const columns: Partial<Record<ApiKeyRole, ColumnFacts>> = {};
  for (const role of apiKeyRoles) {
    const name = mapping.columns[role];
    if (name === undefined) continue;
    const column = facts.columns.find((one) => one.name === name);
    if (!column) problems.push(`it has no column ${name}`);
    else if (!mayHold(role, column))
      problems.push(`column ${name} is ${column.type}, which cannot hold ${held[role]}`);
    else columns[role] = column;
  }
  const named = Object.values(mapping.columns).filter((name) => name !== undefined);
  if (new Set(named).size < named.length) problems.push('one column is assigned to two roles');
  if (problems.length > 0 || !columns.hash) throw doesNotFit(label, problems);
  const table = { mapping, facts, columns: { ...columns, hash: columns.hash } };
  assertAllowed(table, 'read');
  return { ...table, elsewhere: await stateElsewhere(client, facts) };
}

const held: Readonly<Record<ApiKeyRole, string>> = {
  hash: 'a hash',
  name: 'a name',
  prefix: 'the prefix of a key',
  scope: 'a scope',
  created: 'a time',
  lastUsed: 'a time',
  expires: 'a time',
  active: 'whether a key is active (a flag, or the time of its revocation)',
};

/** Throws `privilege-missing` unless the role may do this to every row, with the columns that it takes. */
export function assertAllowed(
  { facts, columns }: Pick<KeyTable, 'facts' | 'columns'>,
  act: 'read' | 'insert' | 'update',
  only?: readonly ColumnFacts[],
): void {
  if (facts.rowSecurity) {
    throw new KeelError(
      'privilege-missing',
      `row-level security hides rows of ${facts.label} from this role; nothing was changed`,
      'connect as the owner of the table, or as a role with BYPASSRLS',
    );
  }
  const may = { read: 'mayRead', insert: 'mayInsert', update: 'mayUpdate' } as const;
  const verbs = { read: 'SELECT', insert: 'INSERT', update: 'UPDATE' } as const;
  const lacking = (only ?? [...Object.values(columns), ...facts.identity]).filter(
    (column) => !column[may[act]],
  );
  if (lacking.length === 0) return;
  throw new KeelError(
    'privilege-missing',
    `the role lacks the ${verbs[act]} privilege on ${[...new Set(lacking.map(({ name }) => name))].join(', ')} of ${facts.label}; nothing was changed`,
    `grant ${verbs[act]} on ${facts.label} to the role, or connect as the owner`,
  );
}

function doesNotFit(label: string, problems: readonly string[]): KeelError {
  return new KeelError(
    'api-key-table-missing',
    `${label} cannot be the API key table: ${problems.join('; ') || 'no hash column is specified'}; nothing was changed`,
    'search for the table again, or specify it and its columns',
  );
}
