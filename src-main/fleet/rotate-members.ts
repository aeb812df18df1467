import type { EncryptionKey } from '#crypto/encryption-key';
import { folderNameOf } from '#environments/environment-name';
import type { IvProof } from '#environments/iv-proofs';
import { type FleetDatabase, type FleetRecord, recordFleetOutcome, withOutcome } from '#records/fleet-record';
import { RotationRecords } from '#records/rotation-record';
import { isUnsettled } from '#records/rotation-state';
import { type AcceptableStop, assertNoStops } from '#rewrite/finding';
import { openSession } from '#rewrite/session';
import type { KeyPort } from '#rotation/run/key-port';
import { runPreflight } from '#rotation/preflight/run-preflight';
import { recordedRun } from '#rotation/run/recorded-run';
import { rotationKeys } from '#rotation/use-cases/rotate';
import { runRotation } from '#rotation/run/run-rotation';
import { settleRotations } from '#rotation/settle-rotations';
import { activeKeyOf } from '#shared/active-key';
import type { Database } from '#workspace/database';
import { inParallel } from '#shared/in-parallel';
import { connectionRoom } from './connection-room.ts';
import { oneAfterTheOther } from '#shared/one-after-the-other';
import { isEncryptedWith } from './member-key.ts';
import { asKeelError, type FleetColumns, type FleetMember, memberInventory } from './members.ts';

export interface FleetRotation {
  /** Of the environment. */
  readonly folder: string;
  readonly of: FleetColumns;
  readonly excluded: readonly string[];
  readonly accepted: readonly AcceptableStop[];
  readonly lockTimeoutMs: number;
  readonly keys: { readonly from: EncryptionKey; readonly to: EncryptionKey };
  /** What values have shown of the columns' IVs. The databases share their form, as they share key and columns. */
  readonly ivProofs: readonly IvProof[];
  readonly keyRing: KeyPort;
  /** Everything is done and rolled back, and the record is left alone. */
  readonly rehearsal: boolean;
  readonly limit: number;
  readonly signal: AbortSignal;
  /** Databases that have come to an end, whichever. */
  readonly onEnded: (ended: number) => void;
}

/**
 * Works on these databases and writes after each what became of it. A failure is an entry of the record that is returned; what
 * is called off stays as it was in it.
 */
export async function rotateMembers(
  members: readonly FleetMember[],
  before: FleetRecord,
  rotation: FleetRotation,
): Promise<FleetRecord> {
  const { folder, keys, keyRing, rehearsal, limit, signal, onEnded } = rotation;
  const fingerprints = { from: keys.from.fingerprint, to: keys.to.fingerprint };
  const shared = fleetKeyPort(keyRing, fingerprints);
  let record = before;
  let ended = 0;
  const inTurn = oneAfterTheOther();
  const room = connectionRoom(signal);
  const settle = (outcome: FleetDatabase) => {
    ended += 1;
    onEnded(ended);
    return inTurn(async () => {
      record = rehearsal
        ? withOutcome(record, outcome)
        : await recordFleetOutcome(folder, fingerprints, outcome);
    });
  };
  onEnded(0);
  const outcomes = await inParallel(members, { limit, signal }, async (member) => {
    const { name } = member;
    const records = memberRecords(folder, name);
    const one = { ...rotation, keyRing: shared, records };
    const outcome = await room(name, () => rotateMember(member, one)).then(
      (rows): FleetDatabase => ({ name, state: 'done', at: new Date().toISOString(), rows }),
      (error: unknown): FleetDatabase | undefined => {
        if (signal.aborted) return undefined;
        const { code, message, remedy } = asKeelError(error);
        return { name, state: 'failed', at: new Date().toISOString(), code, message, remedy };
      },
    );
    if (outcome) await settle(outcome);
  });
  // a database that went over, and whose record could not be written, is not said to be recorded
  for (const outcome of outcomes) if (outcome && 'error' in outcome) throw outcome.error;
  return record;
}

/** The records of one database of a fleet. */
export function memberRecords(folder: string, name: string): RotationRecords {
  return new RotationRecords(folder, folderNameOf(name));
}

interface MemberRotation extends FleetRotation {
  readonly records: RotationRecords;
}

/** Rotates one database, or finds it rotated by an earlier run. Returns the rows that went over. */
async function rotateMember({ database }: FleetMember, one: MemberRotation): Promise<number> {
  const { keys, keyRing, records, rehearsal, signal, accepted } = one;
  if (!rehearsal && (await settleEarlier(database, one))) return 0;
  await using session = await openSession(database.open, 'as-needed');
  const inventory = await memberInventory(session.reader, one.of, { key: keys.from, signal });
  const request = {
    inventory,
    keys: rotationKeys(keys, accepted),
    excluded: one.excluded,
    accepted,
    lockTimeoutMs: one.lockTimeoutMs,
    ivProofs: one.ivProofs,
    // of fifty databases one line is enough
    onProgress: () => {},
    signal,
  };
  const preflight = await runPreflight(session, request);
  assertNoStops(preflight.findings);
  const result = rehearsal
    ? await runRotation(session, preflight, request, { rehearsal: true })
    : await recordedRun(session, preflight, { ...request, purpose: 'rotate' }, { keyRing, records });
  return result.rows;
}

/** Settles what a killed run left of this database. True where a run of this fleet took it over, and a sample of it is encrypted with the new key still. */
async function settleEarlier(
  database: Database,
  { keys, keyRing, records, of, signal }: MemberRotation,
): Promise<boolean> {
  const all = await records.list();
  if (all.some(({ state }) => isUnsettled(state))) {
    await using client = await database.open('keel recover');
    // the ring follows the fleet, and no database of it alone
    const { failure } = await settleRotations(client, { keyRing, records, correct: undefined });
    if (failure) throw failure;
  }
  const last = (await records.list()).findLast(({ state }) => state !== 'rolled-back');
  if (last?.to !== keys.to.fingerprint || last.from !== keys.from.fingerprint) return false;
  return isEncryptedWith(keys.to, { database, records, of, signal });
}

/**
 * The environment's key ring as the rotation of one database of a fleet sees it. All databases share it: the new key becomes the
 * active one with the first that goes over, and one that follows later, found under the old key still, does not turn that back.
 */
export function fleetKeyPort<Ring extends Pick<KeyPort, 'list' | 'activate'>>(
  ring: Ring,
  keys: { readonly from: string; readonly to: string },
): Ring {
  return {
    ...ring,
    async activate(...[fingerprint, seen]: Parameters<KeyPort['activate']>) {
      const isBehind = async () =>
        fingerprint === keys.from && activeKeyOf(await ring.list())?.fingerprint === keys.to;
      if (await isBehind()) return;
      try {
        await ring.activate(fingerprint, seen);
      } catch (error) {
        // another database went over between the two looks at the ring
        if (!(await isBehind())) throw error;
      }
    },
  };
}
