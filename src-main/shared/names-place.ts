/** Whether one of the names given by the admin (`table` or `table.column`, with or without schema) means this place of a database. */
export function namesPlace(
  names: readonly string[],
  { schema, table, column }: { readonly schema: string; readonly table: string; readonly column: string },
): boolean {
  const forms = [table, `${table}.${column}`, `${schema}.${table}`, `${schema}.${table}.${column}`];
  return names.some((name) => forms.includes(name));
}
