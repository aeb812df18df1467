import { KeelError } from '#errors/keel-error';
import type { Finding } from '#rewrite/finding';
import { namesPlace } from '#shared/names-place';

/** What preflight says of places that stay as they are because the admin named them. */
export const leftByName: readonly string[] = ['left-under-old-key', 'left-unread', 'nested-under-old-key'];

/**
 * The places that stay as they are, by the names under which preflight found them. Throws `usage` for a name that means none of them:
 * whoever reads what is left must not read what nobody found.
 */
export function placesLeft(findings: readonly Finding[], left: readonly string[]): string[] {
  const here = findings.filter(({ code }) => leftByName.includes(code));
  const found = [...new Set(here.flatMap(({ places = [] }) => places.map(({ name }) => name)))];
  const unknown = left.filter((name) => !found.some((place) => means(name, place)));
  if (unknown.length === 0) return found;
  throw new KeelError(
    'usage',
    `preflight found nothing to leave encrypted with the old key at ${unknown.slice(0, 3).join(', ')}${unknown.length > 3 ? ` and ${unknown.length - 3} more` : ''}; nothing was changed`,
    'leave only places that preflight names',
  );
}

/** As a place is left: by its table, with or without the schema and the column; one that has a dot in a name, or no column, as it is told. */
function means(name: string, place: string): boolean {
  if (name === place) return true;
  const [schema, table, column, ...more] = place.split('.');
  if (schema === undefined || table === undefined || column === undefined || more.length > 0) return false;
  return namesPlace([name], { schema, table, column });
}
