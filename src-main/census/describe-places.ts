import type { Client } from 'pg';
import type { EncryptionKey } from '#crypto/encryption-key';
import type { FoundPlace, RelationCount } from './census-relation.ts';
import type { CensusPlace } from './census-result.ts';
import { describeRows } from './describe-rows.ts';
import { proposeEntries } from './propose-entries.ts';
import type { CensusRelation } from './relations.ts';

/** What was found in a relation, for people: its rows by their keys, and an entry for the inventory where Keel can write the form. */
export async function describePlaces(
  client: Client,
  { relation, places }: RelationCount,
  keys: readonly EncryptionKey[],
  searched: number,
): Promise<CensusPlace[]> {
  const described: CensusPlace[] = [];
  for (const place of places)
    described.push(...(await describePlace(client, relation, place, keys, searched)));
  return described;
}

async function describePlace(
  client: Client,
  relation: CensusRelation,
  { column, counter, tried }: FoundPlace,
  keys: readonly EncryptionKey[],
  searched: number,
): Promise<CensusPlace[]> {
  const described: CensusPlace[] = [];
  const { name } = relation.columns[column] as CensusRelation['columns'][number];
  for (const found of counter.found(tried, { places: searched, keys: keys.length })) {
    const { schema, name: table } = relation.root ?? relation;
    const key = keys[found.key] as EncryptionKey;
    const isFixed = counter.entry !== undefined || relation.isCatalog === true;
    const proposal = isFixed ? undefined : await proposeEntries(client, relation, name, found.rows, key);
    const path = counter.entry ? counter.entry.path : found.paths.length === 1 ? found.paths[0] : undefined;
    const form = counter.entry?.layout ?? proposal?.layout;
    described.push({
      schema,
      table,
      column: name,
      ...(path !== undefined && { path }),
      ...(form !== undefined && { form }),
      key: key.fingerprint,
      values: found.values,
      inInventory: counter.entry !== undefined,
      rows: await describeRows(client, relation, found.rows),
      certain: found.certain,
      bits: Math.round(found.bits),
      ...(proposal && { proposal }),
    });
  }
  return described;
}
