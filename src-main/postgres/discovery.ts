import type { Client } from 'pg';
import type { EncryptedColumn, Inventory } from '#contract/inventory';
import type { EncryptionKey } from '#crypto/encryption-key';
import { formatLayout, type Layout } from '#crypto/layouts';
import { provenBits } from '#evidence/value-evidence';
import { looksEncrypted } from '#evidence/looks-encrypted';
import { matchingShapes, recogniseLayout } from '#evidence/recognise-layout';
import { secretKindOf } from '#evidence/secret-kind';
import { type CatalogColumn, type CatalogTable, readCatalog } from './catalog.ts';
import { fromDriverError } from './connection-errors.ts';
import { collectLeaves } from './json-leaves.ts';
import { sampleTable } from './sample.ts';

/** A column that discovery has something to say about. */
export interface Finding {
  readonly entry: EncryptedColumn;
  /** For people: why it is proposed, or why it is not. */
  readonly why: string;
}

export interface Discovery {
  readonly inventory: Inventory;
  /** One for each column of the inventory, in the same order. */
  readonly proposed: readonly Finding[];
  /** Columns that look encrypted and that the key does not open, and copies that cannot be written. */
  readonly unopened: readonly Finding[];
  /** Tables that could not be looked at, with the reason. */
  readonly skipped: readonly string[];
}

export interface DiscoveryOptions {
  /** Without a key, columns are proposed by their looks and said to be unproven. */
  readonly key?: EncryptionKey;
  readonly onTable?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** How long one table may take to give its sample. */
const tableTimeoutMs = 15_000;

interface Candidate extends Finding {
  readonly standing: 'proven' | 'likely' | 'unopened';
}

/**
 * Walks the catalog, samples every column that could hold ciphertexts, tries every known layout, and proposes an
 * inventory with the reason for each entry. Only reads.
 */
export async function discoverColumns(client: Client, options: DiscoveryOptions = {}): Promise<Discovery> {
  const tables = (await readCatalog(client)).filter(
    (table) => table.kind !== 'partition' && table.columns.length > 0,
  );
  const candidates: Candidate[] = [];
  const skipped: string[] = [];
  for (const [done, table] of tables.entries()) {
    options.signal?.throwIfAborted();
    options.onTable?.(done, tables.length);
    try {
      await client.query(`SET statement_timeout = ${tableTimeoutMs}`);
      candidates.push(...(await examineTable(client, table, options.key)));
    } catch (error) {
      const { message, code } = fromDriverError(error, `reading ${table.schema}.${table.name}`);
      if (code === 'connection-lost') throw error;
      skipped.push(`${table.schema}.${table.name}: ${message}`);
    } finally {
      await client.query('SET statement_timeout = 0');
    }
  }
  options.onTable?.(tables.length, tables.length);
  // a small column may join where others prove the key beyond doubt
  const anyProven = candidates.some((candidate) => candidate.standing === 'proven');
  const isProposed = ({ standing }: Candidate) =>
    standing === 'proven' || (standing === 'likely' && (anyProven || !options.key));
  const proposed = candidates.filter(isProposed);
  return {
    inventory: { version: 1, columns: proposed.map((candidate) => candidate.entry) },
    proposed,
    unopened: candidates.filter((candidate) => !isProposed(candidate)),
    skipped,
  };
}

async function examineTable(
  client: Client,
  table: CatalogTable,
  key: EncryptionKey | undefined,
): Promise<Candidate[]> {
  const found: Candidate[] = [];
  for (const [column, cells] of await sampleTable(client, table)) {
    if (cells.length === 0) continue;
    const whole = await examineValues(table, column, undefined, cells, key);
    if (whole) found.push(whole);
    if (whole?.standing === 'proven' || column.type === 'bytea') continue;
    const documents = cells.map((cell) => cell.toString('utf8')).filter((text) => /^\s*[{[]/.test(text));
    for (const [path, leaves] of collectLeaves(documents)) {
      if (path === '$') continue;
      const leaf = await examineValues(table, column, path, leaves, key);
      if (leaf) found.push(leaf);
    }
  }
  return found;
}

async function examineValues(
  table: CatalogTable,
  column: CatalogColumn,
  path: string | undefined,
  texts: readonly Buffer[],
  key: EncryptionKey | undefined,
): Promise<Candidate | undefined> {
  const names = [table.name, column.name, ...(path ? [path] : [])];
  const propose = (
    standing: Candidate['standing'],
    layout: Layout,
    why: string,
    secrets: readonly Uint8Array[] = [],
  ): Candidate => {
    const entry = {
      schema: table.schema,
      table: table.name,
      column: column.name,
      ...(path && { path }),
      layout: formatLayout(layout),
      kind: secretKindOf(names, secrets),
    };
    const writable = table.kind !== 'materialized-view' && !column.generated;
    if (writable) return { standing, entry, why };
    return {
      standing: 'unopened',
      entry,
      why: `${why}; a copy made by the server, to be refreshed after a rotation`,
    };
  };
  const recognised = key && (await recogniseLayout(texts, key));
  if (recognised) {
    const { layout, assay, secrets } = recognised;
    const opened = assay.proven + assay.inconclusive;
    const why = `opens ${opened} of ${assay.rows} sampled values, ${Math.round(assay.bits)} bits`;
    const standing = assay.bits >= provenBits ? 'proven' : 'likely';
    const against = assay.contradicted + assay.unrecognised;
    const candidate = propose(standing, layout, why, secrets);
    for (const secret of secrets) secret.fill(0);
    if (standing === 'proven' || (assay.bits >= 4 && against === 0)) return candidate;
  }
  const shape = matchingShapes(texts).find((layout) => looksEncrypted(layout, texts));
  if (!shape) return undefined;
  return key
    ? propose('unopened', shape, `${texts.length} sampled values look encrypted, but not under this key`)
    : propose('likely', shape, `${texts.length} sampled values look encrypted; unproven without a key`);
}
