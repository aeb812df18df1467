import type { EncryptedColumn } from '#contract/inventory';
import { overallVerdict } from '#evidence/column-assay';
import type { Proof } from './prove.ts';

/** Whether one of the names given by the admin (`table` or `table.column`, with or without schema) means this entry. */
export function isExcludedBy(names: readonly string[], { schema, table, column }: EncryptedColumn): boolean {
  const forms = [table, `${table}.${column}`, `${schema}.${table}`, `${schema}.${table}.${column}`];
  return names.some((name) => forms.includes(name));
}

/** The proof, with values that do not open in columns which the admin named speaking neither for nor against the key. */
export function withoutExcluded(proof: Proof, names: readonly string[]): Proof {
  const columns = proof.columns.map((column) => {
    const isForgiven = column.verdict === 'mixed' && isExcludedBy(names, column.entry);
    return isForgiven ? { ...column, verdict: 'correct' as const, contradicted: 0, unrecognised: 0 } : column;
  });
  return { ...proof, verdict: overallVerdict(columns) };
}
