import type { Client } from 'pg';
import { activeKeyOf } from '#shared/active-key';
import { readCatalog } from '#postgres/catalog';
import { resolveInventory } from '#postgres/table-target';
import { KeelError } from '#errors/keel-error';
import { text } from '#errors/text';
import { withoutExcluded } from '#proof/exclusion';
import { dropLeftovers, type Undropped } from '#rewrite/keel-schema';
import type { KeyKeeper } from './run/key-keeper.ts';
import { type Proof, proveKey } from '#proof/prove';
import { isUnsettled } from '#records/rotation-state';
import { hasLiveProcess, type RotationRecord, type RotationRecords } from '#records/rotation-record';
import { hasSession, holdDatabase } from '#rewrite/session';
import { settleOutcome } from './settle.ts';

export interface Recovered {
  readonly record: RotationRecord;
  readonly outcome: 'committed' | 'rolled-back';
}

export interface Recovery {
  readonly recovered: readonly Recovered[];
  /** Staging tables dropped. */
  readonly dropped: number;
  /** Present where the server refused to drop some. */
  readonly undropped?: Undropped;
  /** The key that is active now and what it opens of a sample; absent where the ring has none. */
  readonly active?: { readonly fingerprint: string; readonly proof: Proof };
}

const sampleRows = 2_000;

/**
 * Settles every rotation that did not come to its end: finishes those that were committed, closes the others, drops what
 * they left behind, and opens a sample with the key that should be the right one now. Called off, it throws `cancelled`
 * between two steps, and can be run again.
 */
export async function settleRotations(
  client: Client,
  { keyRing, records, signal }: { keyRing: KeyKeeper; records: RotationRecords; signal?: AbortSignal },
): Promise<Recovery> {
  const goOn = () => {
    if (signal?.aborted) throw calledOff();
  };
  const all = await records.list();
  const recovered: Recovered[] = [];
  for (const record of all.filter(({ state }) => isUnsettled(state))) {
    goOn();
    if (hasLiveProcess(record) && (await hasSession(client, record.id))) {
      throw new KeelError(
        'rotation-running',
        `rotation ${record.id} is still being run by process ${record.process.pid}; nothing was changed`,
        'wait until it is done, or end that process first',
      );
    }
    const outcome = await settleOutcome(client, record);
    if (outcome === 'committed') await keyRing.activate(record.to);
    const settled = await records.advance(
      record,
      outcome === 'committed' ? 'commit-found' : 'no-commit-found',
    );
    recovered.push({ record: settled, outcome });
  }
  if (!(await holdDatabase(client))) {
    throw new KeelError(
      'rotation-running',
      'another rotation holds this database, maybe one of another machine: what it has staged was left alone',
      text`wait until it is done, then ${{ do: 'recover' }} again`,
    );
  }
  goOn();
  const cleared = await dropLeftovers(client);
  const last = all.at(-1);
  const entry = activeKeyOf(await keyRing.list());
  if (!entry || !last) return { recovered, ...cleared };
  using key = await keyRing.load(entry.fingerprint);
  const tables = resolveInventory(last.inventory, await readCatalog(client));
  const proof = withoutExcluded(
    await proveKey(client, key, tables, { sampleRows, onRows: goOn }),
    last.excluded,
  );
  return { recovered, ...cleared, active: { fingerprint: entry.fingerprint, proof } };
}

function calledOff(): KeelError {
  return new KeelError(
    'cancelled',
    'recovering was called off; what it had settled by then stays settled',
    text`${{ do: 'recover' }} again when you like`,
  );
}
