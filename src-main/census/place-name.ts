/** A place as the admin names it: `schema.table.column`, or as much of it as is known. */
export function placeName({
  schema,
  table,
  column,
}: {
  readonly schema?: string;
  readonly table?: string;
  readonly column?: string;
}): string {
  const name = [schema, table, column].filter((part) => part !== undefined).join('.');
  return name === '' ? 'the database' : name;
}
