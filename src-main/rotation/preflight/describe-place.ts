import type { CensusPlace, NestedPlace } from '#census/census-result';

/** What findings say of a place. */
export type DescribedPlace = Pick<
  CensusPlace,
  'schema' | 'table' | 'column' | 'path' | 'values' | 'rows' | 'form' | 'nested' | 'isComputed'
>;

/** A place by its name, with how many values are there and a few of their rows. */
export function describePlace({
  schema,
  table,
  column,
  path,
  values,
  rows,
  form,
  nested,
  isComputed,
}: DescribedPlace): string {
  const name = `${schema}.${table}.${column}${path === undefined ? '' : ` ${path}`}`;
  const place = table === 'pg_largeobject' ? `large objects, ${name}` : name;
  const count = `${values} ${values === 1 ? 'value' : 'values'}`;
  const where = rows.length > 0 ? `, such as ${rows.slice(0, 2).join(', ')}` : '';
  if (nested) return `${place} (${count} within its decrypted values${depthInWords(nested)}${where})`;
  return `${place} (${count}${where}${form === undefined && !isComputed ? ', in a form that Keel cannot rewrite' : ''})`;
}

function depthInWords({ depth }: NestedPlace): string {
  return depth === 1 ? '' : `, up to ${depth} layers deep`;
}
