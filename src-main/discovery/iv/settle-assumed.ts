import type { Client } from 'pg';
import type { EncryptionKey } from '#crypto/encryption-key';
import type { CatalogTable } from '#postgres/catalog';
import type { AssumedCandidate } from '#discovery/describe-found';
import type { Candidate } from '#discovery/finding';
import { type DistantIvs, findDistantIvs } from './distant-iv.ts';

export interface Settled {
  readonly candidates: readonly Candidate[];
  readonly distant?: DistantIvs;
}

interface SettleOptions {
  readonly key?: EncryptionKey;
  readonly tables: readonly CatalogTable[];
  readonly signal?: AbortSignal;
}

/** Tries whether the IVs that candidates are assumed to have are in another row or table; those candidates become unresolved. */
export async function settleAssumed(
  client: Client,
  candidates: readonly Candidate[],
  assumed: readonly AssumedCandidate[],
  { key, tables, signal }: SettleOptions,
): Promise<Settled> {
  if (!key || assumed.length === 0) return { candidates };
  const values = assumed.map((one) => one.values).filter(({ firsts }) => firsts.length > 0);
  const distant = await findDistantIvs(client, key, values, tables, signal);
  const settled = new Map(
    assumed.flatMap(({ candidate, opens, values }): [Candidate, Candidate][] => {
      const place = distant.found.get(values);
      if (place === undefined) return [];
      const { entry } = candidate;
      const doubt = `their first 16 bytes decrypt with IVs from ${place}, but Keel cannot determine which IV belongs to which value`;
      return [[candidate, { status: 'unresolved', entry, why: `${opens}, but ${doubt}` }]];
    }),
  );
  // an IV beside ciphertexts, of whatever key, is taken for theirs
  const owners = new Set(candidates.map(({ entry: { schema, table } }) => `${schema}.${table}.`));
  const isExplained = (place: string) => [...owners].some((owner) => place.startsWith(owner));
  const unexplained = distant.unexplained.filter((place) => !isExplained(place));
  return {
    candidates: candidates.map((candidate) => settled.get(candidate) ?? candidate),
    distant: { ...distant, unexplained },
  };
}
