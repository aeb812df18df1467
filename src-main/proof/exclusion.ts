import type { EncryptedColumn, Inventory } from '#contract/inventory';
import { KeelError } from '#errors/keel-error';
import { overallVerdict } from '#evidence/column-statistics';
import type { Proof } from './prove.ts';
import { namesPlace } from '#shared/names-place';

/** The name by which values within what a column's values decrypt to are left: that of the column means the outer ones. */
export function nestedName({
  schema,
  table,
  column,
}: Pick<EncryptedColumn, 'schema' | 'table' | 'column'>): string {
  return `${schema}.${table}.${column}:decrypted`;
}

/** Throws `usage` for names that mean no column of the inventory: they may be slips of the pen. */
export function assertNamesKnown(names: readonly string[], { columns }: Inventory): void {
  const unknown = names.filter((name) => !columns.some((entry) => namesPlace([name], entry)));
  if (unknown.length === 0) return;
  throw new KeelError(
    'usage',
    `no column in the inventory matches ${unknown.map((name) => `\`${name}\``).join(', ')}; nothing was changed`,
    'exclude by TABLE or TABLE.COLUMN, optionally preceded by the schema, spelled as in the inventory',
  );
}

/** The shortest name that excludes a column. */
export function excludableName({ table, column }: EncryptedColumn): string {
  return `${table}.${column}`;
}

/** The proof, with values that do not open in columns which the admin named speaking neither for nor against the key. */
export function withoutExcluded(proof: Proof, names: readonly string[]): Proof {
  const columns = proof.columns.map((column) => {
    const isForgiven = column.verdict === 'mixed' && namesPlace(names, column.entry);
    return isForgiven ? { ...column, verdict: 'correct' as const, contradicted: 0, unrecognised: 0 } : column;
  });
  return { ...proof, verdict: overallVerdict(columns) };
}
