import { applicationInWords } from '#applications/of-inventory';
import type { RotationResult } from '#contract/rotation';
import type { EncryptionKey } from '#crypto/encryption-key';
import type { BeyondReach } from '#contract/beyond-reach';
import { beyondReach } from '#rotation/beyond-reach';
import { derivationsOf, slowValuesIn } from '#discovery/foreign/slow-values';
import { keepCensus } from '#records/known-databases';
import { type CommittedRecord, lastRotation } from '#records/last-rotation';
import { readCatalog } from '#postgres/catalog';
import { resolveInventory } from '#postgres/table-target';
import type { UnaskingContext, UseCaseContext } from '#workspace/use-case';
import { loadOtherKeys } from '#workspace/ring-keys';
import type { Workspace } from '#workspace/workspace';
import { knownRows } from '#rotation/known-rows';
import type { AcceptableStop } from '#rewrite/finding';
import type { KeyPair } from '#rotation/run/decision';
import type { CounterRequest } from '#rotation/run/new-counters';
import { findStragglers, isAllClear, type Sweep } from '#rotation/stragglers';
import { rewriteNoted } from './audited.ts';
import { loadKeys } from './rotate.ts';
import { type RewriteInput, type RewriteStep, rewriteDatabase } from './rewrite.ts';

/** What a sweep found, and of which key. */
export interface SweepReport extends Sweep {
  /** Fingerprint of the key that the last rotation came from. */
  readonly from: string;
  /** Whose values they are, for people. */
  readonly application: string;
  readonly allClear: boolean;
  readonly beyondReach: BeyondReach;
}

/** A value is decrypted with both keys, and once more by the census. */
const derivationsOfValue = 3;

/**
 * Looks for values under the key that the last rotation came from, in the whole database, and closes that rotation's record where
 * nothing is. Only reads the database. Throws `nothing-to-undo` without a rotation on record.
 */
export async function sweep(
  workspace: Workspace,
  { signal, onProgress, audit }: UnaskingContext<'sweep' | 'census'>,
): Promise<SweepReport> {
  const last = await lastRotation(workspace);
  using keys = await loadKeys(workspace, last);
  await using client = await (await workspace.database()).open('keel sweep');
  const others: EncryptionKey[] = [];
  let done = 0;
  try {
    others.push(...(await loadOtherKeys(workspace, [keys.from, keys.to])));
    const tables = resolveInventory(last.inventory, await readCatalog(client));
    const derivations = await derivationsOf(
      await slowValuesIn(client, tables),
      keys.from,
      derivationsOfValue,
    );
    if (derivations) onProgress({ step: 'sweep', done: 0, derivations });
    const found = await findStragglers(client, {
      tables,
      inventory: last.inventory,
      ...asRotated(last, keys),
      others,
      known: knownRows(last, 'to'),
      signal,
      onRows: (count) => onProgress({ step: 'sweep', done: (done += count) }),
      onCensus: (read, total) => onProgress({ step: 'census', done: read, total }),
    });
    const allClear = isAllClear(found);
    await keepCensus(workspace.folder, found.census, workspace.member);
    if (allClear) await workspace.records.advance(last, 'stragglers-clear');
    await audit.after({
      environment: workspace.id,
      action: 'stragglers swept',
      detail: `${found.stragglers} rows encrypted with the old key, ${found.ambiguous} values too short to tell`,
      outcome: allClear ? 'done' : 'failed',
      fingerprint: last.from,
    });
    const columns = last.inventory.columns.map((entry) => ({ entry }));
    const application = applicationInWords(last.inventory);
    return { ...found, application, from: last.from, allClear, beyondReach: beyondReach(last.from, columns) };
  } finally {
    for (const key of others) key[Symbol.dispose]();
  }
}

export type RewriteStragglersInput = Pick<RewriteInput, 'accepted' | 'lockTimeoutMs' | 'onPreflight'>;

/** Re-encrypts what a sweep found under the key that is active now. What is left then, another sweep tells. See `rewriteDatabase`. */
export async function rewriteStragglers(
  workspace: Workspace,
  input: RewriteStragglersInput,
  context: UseCaseContext<RewriteStep>,
): Promise<RotationResult> {
  const about = { environment: workspace.id, purpose: 'sweep', rehearsal: false } as const;
  return rewriteNoted(context.audit, about, async () => {
    const last = await lastRotation(workspace);
    using keys = await loadKeys(workspace, last);
    return await rewriteDatabase(
      workspace,
      {
        ...input,
        purpose: 'sweep',
        inventory: last.inventory,
        ...asRotated(last, keys, input.accepted),
        // what the sweep found beside the inventory is told by it, and is no reason to leave the stragglers
        sampled: true,
        known: knownRows(last, 'to'),
        rehearsal: false,
      },
      context,
    );
  });
}

/** What the rotation left as too short to tell is left by its sweep too, and so is what both keys decrypt, unless the admin vouches for it. */
function asRotated(
  { excluded, leftShort }: CommittedRecord,
  { from, to }: Pick<KeyPair, 'from' | 'to'>,
  accepted: readonly AcceptableStop[] = [],
): CounterRequest & { readonly keys: KeyPair } {
  return {
    excluded,
    accepted: leftShort ? [...new Set([...accepted, 'too-short' as const])] : accepted,
    keys: {
      from,
      to,
      toMayBePresent: true,
      inDoubt: accepted.includes('ambiguous-rows') ? 'rewrite' : 'leave',
    },
  };
}
