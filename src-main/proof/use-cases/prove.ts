import { evidenceFor } from '#evidence/column-statistics';
import { speaksFor } from '#proof/speaks-for';
import { activeKeyOf } from '#shared/active-key';
import { type ApplicationForm, formsOfChosen } from '#applications/applications';
import { isOfOtherApplication } from '#applications/of-inventory';
import type { Inventory } from '#contract/inventory';
import { ApplicationKey } from '#crypto/application-key';
import type { EncryptionKey } from '#crypto/encryption-key';
import { type Discovery, discoverColumns } from '#discovery/discovery';
import type { Finding } from '#discovery/finding';
import { derivationsOf, slowValuesIn } from '#discovery/foreign/slow-values';
import { expectedFailure } from '#errors/expected-failure';
import { type IvProof, readIvProofs } from '#environments/iv-proofs';
import type { KnownValue } from '#proof/known-value';
import { proveIvFirst } from '#proof/use-cases/prove-iv';
import { readCatalog } from '#postgres/catalog';
import { resolveInventory } from '#postgres/table-target';
import { loadKey } from '#workspace/ring-keys';
import { replaceActiveKey } from '#workspace/replace-active-key';
import type { UseCaseContext } from '#workspace/use-case';
import type { Workspace } from '#workspace/workspace';
import { assertNamesKnown, withoutExcluded } from '#proof/exclusion';
import { type Proof, proveKey } from '#proof/prove';
import { openedIn } from '#shared/opened-values';
import { triedOn } from '#proof/tried-on';

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
  /** The active key, where the key that was proven decrypts every row and the admin did not agree that it takes its place. */
  readonly stillActive?: string;
  /** Places whose values are other applications' by their looks, where columns were looked for, and the key did not open them. */
  readonly foreign: readonly Finding[];
}

/**
 * Opens every value of the inventory with a key. The database is only read. A key of the ring that opens every row is the one that
 * Ballast runs with: it becomes the active one, and the proof is kept for the screens. Where another key is active, the admin is asked, since
 * which columns are listed decides which key opens them. Throws `usage` for exclusions that mean no column, and `inventory-mismatch`.
 */
export async function prove(
  workspace: Workspace,
  { key, inventory: given, forms, excluded, knownValue }: ProveInput,
  { signal, onProgress, audit, confirm }: UseCaseContext<'catalog' | 'prove' | 'compare'>,
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
        onDerivations: (derivations) => onProgress({ step: 'catalog', done: 0, derivations }),
      });
  const inventory = given ?? (discovery as Discovery).inventory;
  const foreign = (discovery?.unopened ?? []).filter((one) => one.foreign !== undefined);
  assertNamesKnown(excluded, inventory);
  const tables = resolveInventory(inventory, await readCatalog(client));
  const total = tables.reduce((sum, table) => sum + table.catalog.estimatedRows, 0);
  const derivations = await derivationsOf(await slowValuesIn(client, tables), key, 1);
  if (derivations) onProgress({ step: 'prove', done: 0, derivations });
  const shown =
    knownValue && (await proveIvFirst(workspace, client, { key, inventory, knownValue }, { signal, audit }));
  const ivProofs = await readIvProofs(workspace.folder);
  const found = await proveKey(client, key, tables, {
    signal,
    ivProofs,
    // other applications' values are not read within values
    ...(!isOfOtherApplication(inventory) &&
      !(key instanceof ApplicationKey) && { lookWithin: { keys: [key], isSample: true } }),
    onRows: (done) => onProgress({ step: 'prove', done, ...(total >= done && { total }) }),
  });
  const proof = withoutExcluded(found, excluded);
  const { opened, values } = openedIn(found.columns);
  const report = { fingerprint, found, proof, values, opened, foreign, ...(shown && { shown }) };
  await audit.after({
    environment: workspace.id,
    action: 'key proven',
    detail: `${proof.verdict}: decrypts ${opened} of ${values} values, ${Math.round(found.bits)} bits`,
    outcome: proof.verdict === 'wrong' ? 'failed' : 'done',
    fingerprint,
  });
  const replace = replaceActiveKey(workspace, { confirm, audit });
  const stillActive = await keep(workspace, report, async (active) => {
    onProgress({ step: 'compare', done: 0 });
    using former = await loadKey(workspace, active).catch((error: unknown) => void expectedFailure(error));
    const byFormer = former && (await proveKey(client, former, tables, { signal, ivProofs }));
    return await replace(
      { to: fingerprint, from: active },
      triedOn({ to: found, from: byFormer }, { sampled: false }),
    );
  });
  return { ...report, ...(stillActive !== undefined && { stillActive }) };
}

/** Stores what a proof showed. Returns the active key, where the admin left it that instead of one that decrypts every row. */
async function keep(
  workspace: Workspace,
  { fingerprint, proof, values, opened }: ProofReport,
  replaces: (active: string) => Promise<boolean>,
): Promise<string | undefined> {
  const { verdict, bits } = proof;
  const { keys } = await workspace.readRing();
  const active = activeKeyOf(keys)?.fingerprint;
  const isHeld = keys.some((entry) => entry.fingerprint === fingerprint && entry.state !== 'destroyed');
  const isTheKey =
    isHeld && (verdict === 'correct' || (active === undefined && verdict === 'mixed' && speaksFor(proof)));
  if (isTheKey && active === undefined)
    await workspace.ringNotes.activate(fingerprint, {
      seen: 'values',
      bits: evidenceFor(proof.columns),
      insteadOf: null,
    });
  if (isTheKey && active !== undefined && active !== fingerprint && !(await replaces(active))) return active;
  if (workspace.settings && isHeld && (isTheKey || active === undefined || active === fingerprint)) {
    const at = new Date().toISOString();
    await workspace.change({ proof: { at, fingerprint, verdict, opened, values, bits } });
  }
  return undefined;
}
