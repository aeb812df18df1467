import { activeKeyOf } from '#shared/active-key';
import { type ApplicationForm, formsOfChosen } from '#applications/applications';
import { isOfOtherApplication } from '#applications/of-inventory';
import type { Inventory } from '#contract/inventory';
import { ApplicationKey } from '#crypto/application-key';
import type { EncryptionKey } from '#crypto/encryption-key';
import { type Discovery, discoverColumns } from '#discovery/discovery';
import type { Finding } from '#discovery/finding';
import { type IvProof, readIvProofs } from '#environments/iv-proofs';
import type { KnownValue } from '#proof/known-value';
import { proveIvFirst } from '#proof/use-cases/prove-iv';
import { readCatalog } from '#postgres/catalog';
import { resolveInventory } from '#postgres/table-target';
import type { UnaskingContext } from '#workspace/use-case';
import type { Workspace } from '#workspace/workspace';
import { assertNamesKnown, withoutExcluded } from '#proof/exclusion';
import { type Proof, proveKey } from '#proof/prove';

export interface ProveInput {
  /** The caller disposes it. */
  readonly key: EncryptionKey;
  /** Found by the key where it is not given. */
  readonly inventory?: Inventory | undefined;
  /** See `DiscoveryOptions`. */
  readonly forms?: readonly ApplicationForm[] | undefined;
  /** See `withoutExcluded`. */
  readonly excluded: readonly string[];
  /** Proves where the IV of its column is. The caller wipes it. */
  readonly knownValue?: KnownValue | undefined;
}

export interface ProofReport {
  readonly fingerprint: string;
  /** What the key opens, column by column, as it was found. */
  readonly found: Proof;
  /** The same, with columns that the admin excluded speaking neither for nor against the key. */
  readonly proof: Proof;
  readonly values: number;
  /** Values that it opens, those included that are too short to tell. */
  readonly opened: number;
  /** What the known value showed, where one was given. */
  readonly shown?: IvProof;
  /** Places whose values are other applications' by their looks, where columns were looked for, and the key did not open them. */
  readonly foreign: readonly Finding[];
}

/**
 * Opens every value of the inventory with a key. The database is only read. A key of the ring that opens every row is the one that
 * Ballast runs with, whatever the ring took for it before: it becomes the active one, and the proof is kept for the screens. Throws
 * `usage` for exclusions that mean no column, and `inventory-mismatch`.
 */
export async function prove(
  workspace: Workspace,
  { key, inventory: given, forms, excluded, knownValue }: ProveInput,
  { signal, onProgress, audit }: UnaskingContext<'catalog' | 'prove'>,
): Promise<ProofReport> {
  const { fingerprint } = key;
  onProgress({ step: 'catalog', done: 0 });
  await using client = await (await workspace.database()).open('keel prove');
  const discovery = given
    ? undefined
    : await discoverColumns(client, {
        key,
        forms: forms ?? formsOfChosen(workspace.settings?.application),
        signal,
      });
  const inventory = given ?? (discovery as Discovery).inventory;
  const foreign = (discovery?.unopened ?? []).filter((one) => one.foreign !== undefined);
  assertNamesKnown(excluded, inventory);
  const tables = resolveInventory(inventory, await readCatalog(client));
  const total = tables.reduce((sum, table) => sum + table.catalog.estimatedRows, 0);
  const shown =
    knownValue && (await proveIvFirst(workspace, client, { key, inventory, knownValue }, { signal, audit }));
  const found = await proveKey(client, key, tables, {
    signal,
    ivProofs: await readIvProofs(workspace.folder),
    // other applications' values are not read within values
    ...(!isOfOtherApplication(inventory) &&
      !(key instanceof ApplicationKey) && { lookWithin: { keys: [key], isSample: true } }),
    onRows: (done) => onProgress({ step: 'prove', done, ...(total >= done && { total }) }),
  });
  const proof = withoutExcluded(found, excluded);
  const values = found.columns.reduce((sum, column) => sum + column.rows, 0);
  const opened = found.columns.reduce((sum, column) => sum + column.proven + column.inconclusive, 0);
  const report = { fingerprint, found, proof, values, opened, foreign, ...(shown && { shown }) };
  await keep(workspace, report);
  await audit.after({
    environment: workspace.id,
    action: 'key proven',
    detail: `${proof.verdict}: decrypts ${opened} of ${values} values, ${Math.round(found.bits)} bits`,
    outcome: proof.verdict === 'wrong' ? 'failed' : 'done',
    fingerprint,
  });
  return report;
}

async function keep(
  workspace: Workspace,
  { fingerprint, proof: { verdict, bits }, values, opened }: ProofReport,
): Promise<void> {
  const { keys } = await workspace.readRing();
  const active = activeKeyOf(keys);
  const isHeld = keys.some((entry) => entry.fingerprint === fingerprint && entry.state !== 'destroyed');
  const isTheKey = isHeld && (verdict === 'correct' || (!active && verdict === 'mixed'));
  if (isTheKey && active?.fingerprint !== fingerprint)
    await (await workspace.openKeys()).keyRing.activate(fingerprint, { foundInUse: true });
  if (!workspace.settings || !isHeld) return;
  if (isTheKey || !active || active.fingerprint === fingerprint) {
    const at = new Date().toISOString();
    await workspace.change({ proof: { at, fingerprint, verdict, opened, values, bits } });
  }
}
