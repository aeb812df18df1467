import type { CredentialIdentity } from '#credentials/read-credentials';

/** A credential as questions and the activity log name it: its column, its path and its row. */
export function labelOf({ schema, table, column, path, leaf, row }: CredentialIdentity): string {
  const where = leaf ?? path;
  return `${schema}.${table}.${column}${where === undefined ? '' : ` ${where}`} ${row}`;
}
