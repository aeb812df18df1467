import type { Finding } from '#discovery/finding';
import { columnPath } from '#shared/column-path';
import { visible } from '#shared/visible-text';

/** Places whose values are other applications' by their looks, a line each. */
export function foreignInWords(findings: readonly Finding[]): string[] {
  return findings.map(({ entry, why }) => visible(`${columnPath(entry)}: ${why}`));
}

/** The same for `--json`. */
export function foreignJson(findings: readonly Finding[]) {
  return findings.map(({ entry: { schema, table, column, path }, why, foreign = [] }) => ({
    schema,
    table,
    column,
    ...(path !== undefined && { path }),
    applications: foreign,
    why,
  }));
}
