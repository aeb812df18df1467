import type { Client } from 'pg';
import type { EncryptedColumn } from '#contract/inventory';
import type { EncryptionKey } from '#crypto/encryption-key';
import { readEntry } from '#forms/entry';
import { type CatalogTable, readCatalog } from '#postgres/catalog';
import { sampleTable } from '#postgres/sample';
import type { AssumedCandidate } from './describe-found.ts';
import type { Candidate, Finding } from './finding.ts';
import { examineTable } from './examine-table.ts';
import { meansTheSame } from './same-place.ts';
import { settleAssumed } from './iv/settle-assumed.ts';

/** Why the IV of an entry's values may be elsewhere, and whether one of them that is known can settle it. */
export interface FrameDoubt {
  readonly why: string;
  readonly isProvable: boolean;
}

/**
 * Entries of some tables whose values are encrypted with the key, but whose IV is not for certain where the entry says, with the reason. By a
 * sample; only reads. Such an entry is never proven, and a rotation by it would cut off the beginning of its values.
 */
export async function checkFrames(
  client: Client,
  key: EncryptionKey,
  targets: readonly CatalogTable[],
  all: readonly EncryptedColumn[],
): Promise<ReadonlyMap<EncryptedColumn, FrameDoubt>> {
  // where an IV of another cipher is, its tag or its padding has told
  const entries = all.filter((entry) => !readEntry(entry).layout.scheme);
  if (entries.length === 0) return new Map();
  const examined: Candidate[] = [];
  const conflicts: Finding[] = [];
  const assumed: AssumedCandidate[] = [];
  for (const table of targets) {
    const here = entries.filter(({ schema, table: name }) => schema === table.schema && name === table.name);
    const found = await examineTable(table, await sampleTable(client, table), key, here);
    examined.push(...found.candidates);
    conflicts.push(...found.conflicts);
    assumed.push(...found.assumed);
  }
  const tables = assumed.length > 0 ? await readCatalog(client) : [];
  const { candidates } = await settleAssumed(client, examined, assumed, { key, tables });
  const doubts = [...conflicts, ...candidates.filter(({ status }) => status === 'unresolved')];
  return new Map(
    entries.flatMap((entry): [EncryptedColumn, FrameDoubt][] => {
      const doubt = doubts.find((one) => meansTheSame(one.entry, entry));
      return doubt ? [[entry, { why: doubt.why, isProvable: 'isProvable' in doubt }]] : [];
    }),
  );
}
