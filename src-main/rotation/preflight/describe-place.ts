import type { CensusPlace } from '#census/census-result';
import { columnPath } from '#shared/column-path';
import { layersInWords } from '#shared/within-text';
import { counted } from '#shared/counted';

/** What findings say of a place. */
export type DescribedPlace = Pick<
  CensusPlace,
  'schema' | 'table' | 'column' | 'path' | 'values' | 'rows' | 'form' | 'nested' | 'isComputed'
>;

/** A place by its name, with how many values are there and a few of their rows. */
export function describePlace(described: DescribedPlace): string {
  const { table, values, rows, form, nested, isComputed } = described;
  const name = columnPath(described);
  const place = table === 'pg_largeobject' ? `large objects, ${name}` : name;
  const count = counted(values, 'value');
  const where = rows.length > 0 ? `, such as ${rows.slice(0, 2).join(', ')}` : '';
  if (nested)
    return `${place} (${count} nested in its decrypted values${layersInWords(nested.depth)}${where})`;
  return `${place} (${count}${where}${form === undefined && !isComputed ? ', in a format that Keel cannot rewrite' : ''})`;
}
