import type { Client } from 'pg';
import type { EncryptedColumn } from '#contract/inventory';
import type { EncryptionKey } from '#crypto/encryption-key';
import { canBothBeListed } from '#forms/generations';
import { judgeAlikeMembers } from './alike-members.ts';
import type { RelationCount } from './census-relation.ts';
import type { CensusPlace, NestedPlace } from './census-result.ts';
import { describeRows } from './describe-rows.ts';
import type { Misread } from './misread-rows.ts';
import type { FoundValues } from './place-counter.ts';
import { proposeEntries } from './propose-entries.ts';
import type { CensusRelation } from './relations.ts';

/** Who asks, and for what: the entries are those that speak of the relation. */
export interface DescribeOptions {
  readonly keys: readonly EncryptionKey[];
  /** How many of the keys have their values reported, the first ones. */
  readonly reported: number;
  readonly entries: readonly EncryptedColumn[];
  /** Places of the whole census. */
  readonly searched: number;
}

/** What was found in a relation, for people: its rows by their keys, and an entry for the inventory where Keel can write the form. */
export async function describePlaces(
  client: Client,
  { relation, places, misread, alike }: RelationCount,
  { keys, reported, entries, searched }: DescribeOptions,
): Promise<CensusPlace[]> {
  const described: CensusPlace[] = [];
  for (const { column, counter, tried } of places) {
    for (const values of counter.found(tried, { places: searched, keys: keys.length })) {
      if (values.key >= reported) continue;
      const { entry, nested } = counter;
      const place = { column: columnOf(relation, column), entry, nested, values };
      described.push(await describePlace(client, relation, place, { keys, entries }));
    }
  }
  for (const found of misread) {
    if (found.key < reported) described.push(await describeMisread(client, relation, found, keys));
  }
  for (const column of alike.map((index) => columnOf(relation, index))) {
    const own = entries.filter((entry) => entry.column === column.name);
    for (const values of await judgeAlikeMembers(client, relation, column, own, keys.slice(0, reported))) {
      const place = await describePlace(client, relation, { column, values }, { keys, entries });
      const isDescribed = described.some(
        (one) =>
          one.column === place.column &&
          one.key === place.key &&
          !one.inInventory &&
          !one.nested &&
          !one.isPossible,
      );
      if (!isDescribed) described.push(place);
    }
  }
  return described;
}

type Column = CensusRelation['columns'][number];

function columnOf({ columns }: CensusRelation, index: number): Column {
  return columns[index] as Column;
}

interface PlaceOfKey {
  readonly column: Column;
  /** Undefined for what is beside the inventory. */
  readonly entry?: EncryptedColumn | undefined;
  readonly nested?: NestedPlace | undefined;
  readonly values: FoundValues;
}

async function describePlace(
  client: Client,
  relation: CensusRelation,
  { column: { name, isComputed }, entry, nested, values: found }: PlaceOfKey,
  { keys, entries }: Pick<DescribeOptions, 'keys' | 'entries'>,
): Promise<CensusPlace> {
  const { schema, name: table } = relation.root ?? relation;
  const key = keys[found.key] as EncryptionKey;
  // an entry reads cells, and not what is within their plaintexts
  const isFixed =
    entry !== undefined || nested !== undefined || relation.isCatalog === true || isComputed === true;
  const proposed = isFixed ? [] : await proposeEntries(client, relation, name, found.rows, key);
  // what cannot be distinguished from what is listed cannot be rewritten next to it
  const [proposal, ...otherForms] = proposed.filter((one) =>
    entries.every((listed) => isOtherPlace(one, listed) || canBothBeListed(one, listed)),
  );
  const path = entry ? entry.path : found.paths.length === 1 ? found.paths[0] : undefined;
  const form = nested ? undefined : (entry?.layout ?? proposal?.layout);
  return {
    schema,
    table,
    column: name,
    ...(path !== undefined && { path }),
    ...(form !== undefined && { form }),
    key: key.fingerprint,
    values: found.values,
    inInventory: entry !== undefined && !nested,
    ...(nested && { nested }),
    rows: await describeRows(client, relation, found.rows),
    certain: found.certain,
    ...(found.isPossible && { isPossible: true }),
    bits: Math.round(found.bits),
    ...(isComputed && { isComputed }),
    ...(proposal && { proposal }),
    ...(otherForms.length > 0 && { otherForms }),
  };
}

/** Beside the inventory, whatever is listed: the entry that reads these values is mistaken about them. */
async function describeMisread(
  client: Client,
  relation: CensusRelation,
  { column, entry, key, values, rows, bits }: Misread,
  keys: readonly EncryptionKey[],
): Promise<CensusPlace> {
  const { schema, name: table } = relation.root ?? relation;
  return {
    ...{ schema, table, column: columnOf(relation, column).name },
    ...(entry.path !== undefined && { path: entry.path }),
    ...{ key: (keys[key] as EncryptionKey).fingerprint, values, inInventory: false, isMisread: true },
    ...{
      rows: await describeRows(client, relation, rows),
      certain: bits >= certainBits,
      bits: Math.round(bits),
    },
  };
}

const certainBits = 64;

/** A wider path takes the place of those that it holds. */
function isOtherPlace(one: EncryptedColumn, other: EncryptedColumn): boolean {
  return one.column !== other.column || one.path !== other.path;
}
