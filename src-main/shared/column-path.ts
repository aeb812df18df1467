/** A column by its name, and the path to the values in its documents where there is one. */
export function columnPath({
  schema,
  table,
  column,
  path,
}: {
  readonly schema: string;
  readonly table: string;
  readonly column: string;
  readonly path?: string | undefined;
}): string {
  return `${schema}.${table}.${column}${path === undefined ? '' : ` ${path}`}`;
}
