import type { Client } from 'pg';
import type { ApiKeyCandidate, ApiKeyRole, ApiKeyTable } from '#contract/api-keys';
import { KeelError } from '#errors/keel-error';
import { text } from '#errors/text';
import { proposeColumns } from './column-roles.ts';
import { readTableFacts } from './table-facts.ts';

/** Columns by what they say of a key, as the admin names them. */
export type NamedColumns = Readonly<Partial<Record<ApiKeyRole, string>>>;

/** The one table that is what is searched for. Throws `api-key-table-missing` where there is none, or several. */
export function onlyCandidate(candidates: readonly ApiKeyCandidate[]): ApiKeyTable {
  const likely = candidates.filter(({ status }) => status === 'likely');
  const best = likely.length > 0 ? likely : candidates.filter(({ status }) => status === 'empty');
  const [first, ...others] = best;
  if (first && others.length === 0) return first.table;
  const labels = (list: readonly ApiKeyCandidate[]) =>
    list.map(({ table }) => `${table.schema}.${table.table}`).join(', ');
  throw new KeelError(
    'api-key-table-missing',
    first
      ? `more than one table could contain the API keys: ${labels(best)}; nothing was done`
      : `no API key table was found${candidates.length > 0 ? ` (${labels(candidates)} contains hashes, but apparently of passwords)` : ''}; nothing was done`,
    text`${{ do: 'name-api-key-table' }}`,
  );
}

/** The table of that name; columns that were not named are taken by their names and types. Throws `api-key-table-missing`. */
export async function tableNamed(
  client: Client,
  label: string,
  columns: NamedColumns = {},
): Promise<ApiKeyTable> {
  const facts = (await readTableFacts(client)).find(
    (one) => one.label === label || one.label === `public.${label}`,
  );
  if (!facts) {
    throw new KeelError(
      'api-key-table-missing',
      `the table ${label} does not exist; nothing was done`,
      'write it as schema.table, in the same case as in the database',
    );
  }
  const { hash, ...others } = { ...proposeColumns(facts.columns, columns.hash), ...columns };
  if (hash !== undefined) return { schema: facts.schema, table: facts.table, columns: { ...others, hash } };
  throw new KeelError(
    'api-key-table-missing',
    `no column of ${label} has a name that suggests hashes; nothing was done`,
    text`${{ do: 'name-hash-column' }}`,
  );
}
