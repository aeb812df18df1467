import type { Field } from '#postgres/copy-binary';
import {
  filledCondition,
  identityExpressions,
  readExpression,
  type TableTarget,
} from '#postgres/table-target';
import type { SourceRow } from './table-rewriter.ts';
import type { WrittenUnder } from './decision.ts';

export interface SourceQuery {
  /** A boolean expression over `t`, selected first. */
  readonly mark: string;
  readonly condition?: string;
}

/** The rows of a table that hold anything in the encrypted columns: mark, identity, cells. */
export function selectSource(table: TableTarget, query: SourceQuery): string {
  const cells = table.columns.map((column) => readExpression('t', column));
  const fields = [query.mark, ...identityExpressions('t', table.identity), ...cells];
  return `SELECT ${fields.join(', ')} FROM ${table.sql} AS t WHERE (${filledCondition('t', table)}) AND (${query.condition ?? 'true'})`;
}

/** Reads the fields of `selectSource`; `markMeans` is what a true mark says about the row. */
export function readSource(table: TableTarget, fields: readonly Field[], markMeans: WrittenUnder): SourceRow {
  const cellsFrom = 1 + table.identity.columns.length;
  const cellsTo = cellsFrom + table.columns.length;
  return {
    writtenUnder: isTrue(fields[0]) ? markMeans : undefined,
    identity: fields.slice(1, cellsFrom),
    cells: fields.slice(cellsFrom, cellsTo),
  };
}

/** A boolean in binary COPY is one byte. */
function isTrue(field: Field | undefined): boolean {
  return field?.[0] === 1;
}
