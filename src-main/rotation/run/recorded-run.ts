import { applicationInWords } from '#applications/of-inventory';
import type { EncryptionKey } from '#crypto/encryption-key';
import { evidenceFor } from '#evidence/column-statistics';
import { provenBits } from '#evidence/plaintexts/value-evidence';
import { ivProofOf } from '#environments/iv-proofs';
import { KeelError } from '#errors/keel-error';
import { text } from '#errors/text';
import type { KeyPort } from './key-port.ts';
import type { Preflight } from '#rotation/preflight/run-preflight';
import { assertSettled } from '#records/last-rotation';
import { nextOrder } from '#records/rotation-order';
import { newRecord, type RotationRecord, type RotationRecords } from '#records/rotation-record';
import type { RunResult } from './run-result.ts';
import { type RunRequest, runRotation } from './run-rotation.ts';
import type { RewriteSession } from '#rewrite/session';
import { activeKeyOf } from '#shared/active-key';
import { activeChanged } from '#keyring/key-states';
import { settleOutcome } from '#rotation/settle';

export interface RotateServices {
  readonly keyRing: KeyPort;
  readonly records: RotationRecords;
}

/**
 * A rotation that counts: both keys durable in the key ring, the new one proven from an artefact, a record on disk for
 * every step, COMMIT, and the new key made active. Throws `rotation-unsettled` while another one did not come to its end,
 * `artefact-missing` for a key without a proven artefact, and whatever stopped the run; nothing is changed then, and the
 * record says so. Throws `rotation-unsettled` too where COMMIT is in doubt, or is certain and could not be
 * recorded or told.
 */
export async function recordedRun(
  session: RewriteSession,
  preflight: Preflight,
  request: RunRequest & { readonly purpose: RotationRecord['purpose'] },
  { keyRing, records }: RotateServices,
): Promise<RunResult> {
  const { from, to } = request.keys;
  const earlier = await records.list();
  assertSettled(earlier);
  await ensureHeld(keyRing, from);
  await ensureHeld(keyRing, to);
  const active = async () => activeKeyOf(await keyRing.list())?.fingerprint;
  const former = await active();
  let record = newRecord({
    id: session.id,
    order: await nextOrder(records.environment, earlier),
    purpose: request.purpose,
    from: from.fingerprint,
    to: to.fingerprint,
    inventory: request.inventory,
    excluded: [...request.excluded],
    ...(request.accepted.includes('too-short') && { leftShort: true }),
    ...(session.backends && { backends: [...session.backends] }),
    ivProofs: request.inventory.columns.flatMap(
      (entry) => ivProofOf(request.ivProofs ?? [], from.fingerprint, entry) ?? [],
    ),
  });
  await records.write(record);
  let unsettled = false;
  let committed = false;
  let isOver = true;
  let result: RunResult | undefined;
  let failure: unknown;
  try {
    // whoever destroys a key marks it before looking for records like the one just written
    await assertBothKept(keyRing, record);
    // undo and sweep go to a key that protected rows before
    if (request.purpose === 'rotate') await assertProven(keyRing, to.fingerprint);
    record = await records.advance(record, 'artefact-drilled');
    isOver = false;
    result = await runRotation(session, preflight, request, {
      rehearsal: false,
      beforeCutover: async (cutover, proven) => {
        const now = await active();
        // databases of a fleet that are rotated meanwhile may have made either key of this run the active one
        if (now !== former && now !== from.fingerprint && now !== to.fingerprint)
          throw activeChanged(to.fingerprint, now);
        // a ring without an active key takes the old one, once all values have proved it. One that has another keeps it: until the
        // COMMIT nothing was changed, and what some columns are under says nothing of the rest
        const bits = evidenceFor(proven);
        if (request.purpose !== 'sweep' && bits >= provenBits && now === undefined)
          await keyRing.activate(from.fingerprint, { seen: 'values', bits, insteadOf: null });
        const known = {
          ...cutover,
          place: preflight.place === 'temporary' ? ('temporary' as const) : ('schema' as const),
          ...(session.portable && { portable: true }),
          bothKeys: request.keys.toMayBePresent,
        };
        record = await records.advance(record, 'cutover-began', { cutover: known });
      },
      settle: async () => {
        unsettled = true;
        await using client = await session.open();
        const outcome = await settleOutcome(client, record, (fingerprint) => keyRing.load(fingerprint));
        committed = outcome === 'committed';
        unsettled = false;
        if (outcome === 'untold') throw untoldError(record);
        return outcome;
      },
      onCommitted: () => {
        committed = true;
      },
      onOver: () => {
        isOver = true;
      },
    });
  } catch (error) {
    if (unsettled) throw unsettledError(record, error);
    if (!committed) {
      // what stopped the run is what to tell; a record that could not be closed, or whose sessions may still hold locks, `recover` closes
      if (isOver) await records.advance(record, 'no-commit-found').catch(() => undefined);
      throw error;
    }
    failure = error;
  }
  try {
    // the ring first: a record that says committed must never be next to a ring that does not know
    await keyRing.activate(to.fingerprint, { seen: 'commit', from: from.fingerprint });
    await records.advance(record, 'commit-found');
  } catch (error) {
    throw afterCommitError(record, 'this could not be recorded on this machine', error);
  }
  if (!result) throw afterCommitError(record, 'its figures could not be determined', failure);
  return result;
}

function afterCommitError({ id, to, inventory }: RotationRecord, but: string, cause: unknown): KeelError {
  // a failed write says that nothing changed, which is true of the file only
  const why =
    cause instanceof KeelError ? cause.reason : cause instanceof Error ? cause.message : String(cause);
  return new KeelError(
    'rotation-unsettled',
    `rotation ${id} was committed and the database is encrypted with the new key ${to}, but ${but}: ${why}`,
    text`give ${applicationInWords(inventory)} the new key; fix the cause, then ${{ do: 'recover' }}`,
    { cause },
  );
}

function unsettledError(record: RotationRecord, cause: unknown): KeelError {
  return new KeelError(
    'rotation-unsettled',
    `the connection was lost while the server was committing rotation ${record.id}: whether it was committed is not known yet`,
    text`both keys are in the key ring; ${{ do: 'recover' }} as soon as the server is reachable`,
    { cause },
  );
}

function untoldError({ id, to }: RotationRecord): KeelError {
  return new KeelError(
    'rotation-unsettled',
    `the connection was lost while the server was committing straggler rewrite ${id}: its temporary staging keeps no journal, so whether it was committed cannot be determined`,
    text`key ${to} is still the active key, and no row is damaged; ${{ do: 'sweep' }} again to see which rows are left`,
  );
}

/** Makes sure that the ring can give the key back. */
async function ensureHeld(keyRing: KeyPort, key: EncryptionKey): Promise<void> {
  if ((await keyRing.list()).some(({ fingerprint }) => fingerprint === key.fingerprint)) {
    const held = await keyRing.load(key.fingerprint).catch(() => undefined);
    held?.[Symbol.dispose]();
    if (held) return;
  }
  await keyRing.hold(key, 'pending');
}

async function assertBothKept(keyRing: KeyPort, { from, to }: RotationRecord): Promise<void> {
  const keys = await keyRing.list();
  for (const fingerprint of [from, to]) {
    const key = keys.find((entry) => entry.fingerprint === fingerprint);
    if (key && key.state !== 'destroyed' && key.destroyingSince === undefined) continue;
    throw new KeelError(
      'key-needed',
      `key ${fingerprint} is being destroyed, and this rotation needs it; nothing was changed`,
      text`${{ do: 'look-at-key-ring' }}; to keep the key, restore it from one of its backups`,
    );
  }
}

async function assertProven(keyRing: KeyPort, fingerprint: string): Promise<void> {
  const entry = (await keyRing.list()).find((key) => key.fingerprint === fingerprint);
  if (entry && entry.proofs.length > 0) return;
  throw new KeelError(
    'artefact-missing',
    `no backup of the new key ${fingerprint} has passed a test restore yet; nothing was changed`,
    text`${{ do: 'prove-backup' }}`,
  );
}
