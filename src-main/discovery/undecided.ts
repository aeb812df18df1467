import type { Client } from 'pg';
import type { Inventory } from '#contract/inventory';
import type { EncryptionKey } from '#crypto/encryption-key';
import { discoverColumns } from './discovery.ts';
import { doubtInWords } from './doubt.ts';
import type { Finding } from './finding.ts';
import { meansTheSame, withoutRepeats } from './same-place.ts';

/** A place whose sampled values may be ciphertexts, under a key that nobody can tell. */
export interface UndecidedPlace {
  readonly schema: string;
  readonly table: string;
  readonly column: string;
  readonly path?: string;
  /** Values that were examined. */
  readonly sampled: number;
  /** For people. */
  readonly why: string;
}

export interface UndecidedPlaces {
  readonly places: readonly UndecidedPlace[];
  /** Tables and columns that were not sampled, with the reason. */
  readonly skipped: readonly string[];
}

/** Places that look encrypted by a sample of each table, and that none of some keys opens. Only reads. */
export async function findUndecided(
  client: Client,
  keys: readonly EncryptionKey[],
  {
    inventory,
    signal,
  }: { readonly inventory?: Inventory | undefined; readonly signal?: AbortSignal | undefined },
): Promise<UndecidedPlaces> {
  const doubtful: Finding[] = [];
  const opened: Finding[] = [];
  const skipped = new Set<string>();
  for (const key of keys) {
    const found = await discoverColumns(client, {
      key,
      ...(inventory && { inventory }),
      ...(signal && { signal }),
    });
    const odd = [...found.inconclusive, ...found.unopened];
    doubtful.push(...odd.filter(({ doubt }) => doubt));
    opened.push(...found.proposed, ...found.unresolved, ...odd.filter(({ doubt }) => !doubt));
    for (const one of found.skipped) skipped.add(one);
  }
  const undecided = withoutRepeats(doubtful).filter(
    ({ entry }) => !opened.some((other) => meansTheSame(entry, other.entry)),
  );
  return {
    places: undecided.flatMap(({ entry: { schema, table, column, path }, doubt, foreign, why }) =>
      doubt
        ? [
            {
              ...{ schema, table, column, ...(path !== undefined && { path }) },
              sampled: doubt.sampled,
              why: foreign ? why : doubtInWords(doubt, keys.length),
            },
          ]
        : [],
    ),
    skipped: [...skipped],
  };
}
