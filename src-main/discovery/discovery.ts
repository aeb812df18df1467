import type { Client } from 'pg';
import type { ApplicationForm } from '#applications/applications';
import type { Inventory } from '#contract/inventory';
import type { EncryptionKey } from '#crypto/encryption-key';
import { type CatalogTable, readCatalog } from '#postgres/catalog';
import { endsReading, fromDriverError } from '#postgres/connection-errors';
import { barsReading } from '#postgres/ownership/table-ownership';
import { sampleTable, tableTimeoutMs } from '#postgres/sample';
import { readWithin } from '#postgres/session/timed-read';
import type { AssumedCandidate } from './describe-found.ts';
import type { DistantIvs } from './iv/distant-iv.ts';
import { type ExaminedTable, examineTable } from './examine-table.ts';
import { examineLooks } from './examine-looks.ts';
import { inventoryOf } from './inventory.ts';
import { meansTheSame } from './same-place.ts';
import { examineSchemes, slowValuesOf } from './foreign/scheme-columns.ts';
import { derivationsOf } from './foreign/slow-values.ts';
import type { Derivations } from '#shared/derivations';
import type { Candidate, Finding } from './finding.ts';
import { settleAssumed } from './iv/settle-assumed.ts';

export interface Discovery {
  readonly inventory: Inventory;
  /** One for each column of the inventory, in the same order. */
  readonly proposed: readonly Candidate[];
  /**
   * Columns with values encrypted with the key whose form is not known for certain: it is not clear where their IV is. They
   * cannot be rewritten without losing the beginning of every value.
   */
  readonly unresolved: readonly Candidate[];
  /** Columns whose few values may be ciphertexts, and are too short to tell whether they are the key's. */
  readonly inconclusive: readonly Finding[];
  /** Columns that look encrypted and that the key does not decrypt, and copies that cannot be written. */
  readonly unopened: readonly Finding[];
  /** Entries of the given inventory whose IV is not where they say, with the form that they should have. */
  readonly conflicts: readonly Finding[];
  /** Forms that a column has in addition to those in that inventory. */
  readonly further: readonly Finding[];
  /** Tables and columns that could not be read, with the reason. */
  readonly skipped: readonly string[];
  /** Where the IVs of columns with an assumed frame were searched for outside their rows; absent if there are no such columns. */
  readonly distant?: Pick<DistantIvs, 'unexplained' | 'tables' | 'unread'>;
}

export interface DiscoveryOptions {
  /** Without a key, columns are proposed by their appearance and marked as unproven. */
  readonly key?: EncryptionKey;
  /** An inventory to be compared with the findings. */
  readonly inventory?: Inventory;
  /** For another application than Ballast: the forms in which its values are searched for, instead of Ballast's. */
  readonly forms?: readonly ApplicationForm[] | undefined;
  readonly onTable?: (done: number, total: number) => void;
  /** Hears of values whose keys are slow to derive, before they are tried. */
  readonly onDerivations?: ((derivations: Derivations) => void) | undefined;
  readonly signal?: AbortSignal;
}

/**
 * Walks the catalog, samples every column that could contain ciphertexts, determines what the key decrypts and in which form, and
 * proposes an inventory with the reason for each entry. Read-only, and only samples: a census accounts for all rows.
 */
export async function discoverColumns(client: Client, options: DiscoveryOptions = {}): Promise<Discovery> {
  const tables = (await readCatalog(client)).filter(
    (table) => table.kind !== 'partition' && table.columns.length > 0,
  );
  const examined: Candidate[] = [];
  const assumed: AssumedCandidate[] = [];
  const conflicts: Finding[] = [];
  const further: Finding[] = [];
  const skipped: string[] = [];
  for (const [done, table] of tables.entries()) {
    options.signal?.throwIfAborted();
    options.onTable?.(done, tables.length);
    if (table.kind === 'foreign') {
      skipped.push(`${table.schema}.${table.name}: a foreign table, whose rows are on another server`);
      continue;
    }
    const barred = table.ownership && barsReading(table.ownership);
    if (barred !== undefined) {
      skipped.push(`${table.schema}.${table.name}: ${barred}`);
      continue;
    }
    try {
      const found = await readWithin(client, tableTimeoutMs, () => examine(client, table, options));
      examined.push(...found.candidates);
      assumed.push(...found.assumed);
      conflicts.push(...found.conflicts);
      further.push(...found.further);
      skipped.push(...found.skipped);
    } catch (error) {
      const failure = fromDriverError(error, `reading ${table.schema}.${table.name}`);
      if (endsReading(failure, options.signal, { isTimed: true })) throw failure;
      skipped.push(`${table.schema}.${table.name}: ${failure.message}`);
    }
  }
  options.onTable?.(tables.length, tables.length);
  const { candidates, distant } = await settleAssumed(client, examined, assumed, { tables, ...options });
  // a small column may be included if others prove the key beyond doubt
  const anyProven = candidates.some(({ status }) => status === 'proven');
  const isProposed = ({ status }: Candidate) =>
    status === 'proven' || (status === 'likely' && (anyProven || !options.key));
  const proposed = candidates.filter(isProposed);
  return {
    inventory: inventoryOf(proposed.map(({ entry }) => entry)),
    proposed,
    unresolved: candidates.filter(({ status }) => status === 'unresolved'),
    inconclusive: candidates.filter(({ status }) => status === 'inconclusive'),
    unopened: candidates.filter(
      (candidate) =>
        !isProposed(candidate) && (candidate.status === 'unopened' || candidate.status === 'likely'),
    ),
    conflicts,
    further,
    skipped,
    ...(distant && { distant }),
  };
}

interface Examined extends ExaminedTable {
  readonly skipped: readonly string[];
}

async function examine(
  client: Client,
  table: CatalogTable,
  { key, inventory, forms, onDerivations }: DiscoveryOptions,
): Promise<Examined> {
  const sample = await sampleTable(client, table);
  const skipped = sample.unread.map(
    ({ column, reason }) => `${table.schema}.${table.name}.${column}: ${reason}`,
  );
  const judged = (found: Candidate) => (isCopy(table, found) ? asCopy(found) : found);
  if (key && forms) {
    const derivations = await derivationsOf(slowValuesOf(table, sample, { forms }), key, 1);
    if (derivations) onDerivations?.(derivations);
    const found = await examineSchemes(table, sample, key, forms);
    const alike = examineLooks(table, sample, forms[0]?.application.name)
      .filter(({ entry }) => !found.some((one) => meansTheSame(one.entry, entry)))
      .map((one): Candidate => ({ ...one, status: 'unopened' }));
    return { candidates: [...found, ...alike].map(judged), conflicts: [], further: [], assumed: [], skipped };
  }
  if (!key)
    return {
      candidates: examineLooks(table, sample).map(judged),
      conflicts: [],
      further: [],
      assumed: [],
      skipped,
    };
  const listed = (inventory?.columns ?? []).filter(
    (entry) => entry.schema === table.schema && entry.table === table.name,
  );
  const { candidates, conflicts, further, assumed } = await examineTable(table, sample, key, listed);
  // what cannot be written has no form that could be wrong
  const written = assumed.filter(({ candidate }) => !isCopy(table, candidate));
  return { candidates: candidates.map(judged), conflicts, further, assumed: written, skipped };
}

/** Whether the server computes the values, so that they cannot be written. */
function isCopy(table: CatalogTable, { entry }: Candidate): boolean {
  return (
    table.kind === 'materialized-view' ||
    table.columns.some(({ name, generated }) => generated && name === entry.column)
  );
}

function asCopy({ entry, why, doubt }: Candidate): Candidate {
  return {
    status: 'unopened',
    entry,
    ...(doubt && { doubt }),
    why: `${why}; a copy made by the server, to be refreshed after a rotation`,
  };
}
