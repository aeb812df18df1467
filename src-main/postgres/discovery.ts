import type { Client } from 'pg';
import type { EncryptedColumn, Inventory } from '#contract/inventory';
import type { EncryptionKey } from '#crypto/encryption-key';
import { formatLayout, type Layout, readCell } from '#crypto/layouts';
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

/** Weakest first. */
const standings: readonly Candidate['standing'][] = ['unopened', 'likely', 'proven'];

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
      const told = fromDriverError(error, `reading ${table.schema}.${table.name}`);
      if (told.code === 'connection-lost') throw told;
      skipped.push(`${table.schema}.${table.name}: ${told.message}`);
    } finally {
      // where this fails the connection is lost, which the error under way or the next query tells
      await client.query('SET statement_timeout = 0').catch(() => undefined);
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
    const inColumn: Candidate[] = [];
    const whole = await examineValues(table, column, undefined, cells, key);
    if (whole) inColumn.push(whole);
    if (whole?.standing === 'proven' || column.type === 'bytea') {
      found.push(...inColumn);
      continue;
    }
    const documents = cells.map((cell) => cell.toString('utf8')).filter((text) => /^\s*[{[]/.test(text));
    for (const [path, leaves] of collectLeaves(documents)) {
      if (path === '$') continue;
      const leaf = await examineValues(table, column, path, leaves, key);
      if (leaf) inColumn.push(leaf);
    }
    found.push(...withoutNested(inColumn));
  }
  return found;
}

/** Of a ciphertext and what stands inside it (`{iv, data}` and its `data`) the better proven one, else the outer. */
function withoutNested(candidates: readonly Candidate[]): Candidate[] {
  const rank = ({ standing }: Candidate) => standings.indexOf(standing);
  const holds = (outer: Candidate, inner: Candidate) => {
    const [path, innerPath] = [outer, inner].map(({ entry }) => entry.path ?? '$') as [string, string];
    return innerPath.startsWith(`${path}.`) || innerPath.startsWith(`${path}[`);
  };
  return candidates.filter((one) =>
    candidates.every(
      (other) =>
        !(holds(other, one) && rank(other) >= rank(one)) && !(holds(one, other) && rank(other) > rank(one)),
    ),
  );
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
  // a random IV makes every ciphertext another, so copies of a value prove nothing more
  const distinct = [...new Map(texts.map((text) => [text.toString('latin1'), text])).values()];
  const recognised = key && (await recogniseLayout(distinct, key));
  if (recognised) {
    const { layout, assay, secrets } = recognised;
    const opened = assay.proven + assay.inconclusive;
    const why = `opens ${opened} of ${assay.rows} sampled values, ${Math.round(assay.bits)} bits`;
    const standing = assay.bits >= provenBits ? 'proven' : 'likely';
    const against = assay.contradicted + assay.unrecognised;
    const candidate = propose(standing, layout, why, secrets);
    for (const secret of secrets) secret.fill(0);
    const opens = standing === 'proven' || (assay.bits >= 4 && against === 0);
    if (opens && canHold(column, layout) && !sharesIvs(layout, distinct)) return candidate;
  }
  const shape = matchingShapes(texts).find((layout) => looksEncrypted(layout, texts));
  if (!shape) return undefined;
  return key
    ? propose('unopened', shape, `${texts.length} sampled values look encrypted, but not under this key`)
    : propose('likely', shape, `${texts.length} sampled values look encrypted; unproven without a key`);
}

/** Text has no place for the bytes of a cipher as they are. */
function canHold({ type }: CatalogColumn, { envelope }: Layout): boolean {
  return type === 'bytea' || (envelope !== 'raw' && envelope !== 'grafana-raw');
}

/**
 * Whether different values have one IV, as plain texts with the same beginning seem to. They would all be decrypted
 * alike, so that one lucky hit of a wrong layout counts as often as there are values.
 */
function sharesIvs(layout: Layout, distinct: readonly Buffer[]): boolean {
  const ivs = distinct.flatMap((text) => readCell(layout, text)?.iv.toString('hex') ?? []);
  return new Set(ivs).size < ivs.length;
}
