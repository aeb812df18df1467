import type { Client } from 'pg';
import { quoteName } from '#postgres/identifiers';
import type { CensusRelation } from './relations.ts';
import { visibleBrief } from '#shared/visible-text';

/** Rows of a place that are named. */
const rowsNamed = 5;

/** A few rows by their keys as a person writes them, `id=42`, or by their places. `places`: as `ctid` is written. */
export async function describeRows(
  client: Client,
  { sql, key }: CensusRelation,
  places: readonly string[],
): Promise<string[]> {
  const named = places.filter((place) => place !== '').slice(0, rowsNamed);
  if (named.length === 0) return [];
  if (key.length === 0) return named.map((place) => `ctid=${place}`);
  const columns = key.map((name) => `t.${quoteName(name)}::pg_catalog.text`);
  const { rows } = await client.query<{ key: (string | null)[] }>(
    `SELECT ARRAY[${columns.join(', ')}] AS key FROM ${sql} AS t WHERE t.ctid = ANY ($1::pg_catalog.tid[]) LIMIT ${rowsNamed}`,
    [named],
  );
  return rows.map((row) => row.key.map((text, i) => `${key[i]}=${visibleBrief(text ?? 'NULL')}`).join(' '));
}
