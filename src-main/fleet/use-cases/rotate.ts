import type { EncryptionKey } from '#crypto/encryption-key';
import { carryIvProofs, readIvProofs } from '#environments/iv-proofs';
import { expectedFailure } from '#errors/expected-failure';
import { KeelError } from '#errors/keel-error';
import { text } from '#errors/text';
import { withFolderLock } from '#storage/folder-lock';
import type { KeyEntry } from '#keyring/key-entry';
import {
  assertSameFleet,
  beginFleetRecord,
  type FleetRecord,
  fleetRecordFor,
  readFleetRecord,
  unfinishedOf,
} from '#records/fleet-record';
import type { AcceptableStop } from '#rewrite/finding';
import { assertNamesKnown } from '#proof/exclusion';
import { assertTarget } from '#rotation/use-cases/application-keys';
import { failureNoted } from '#rotation/use-cases/audited';
import { plannedKeys } from '#keyring/planned-keys';
import { counted } from '#shared/counted';
import type { OpenKeyRing } from '#workspace/key-place';
import type { UseCaseContext } from '#workspace/use-case';
import type { KnownWorkspace } from '#workspace/workspace';
import { connectionRoom } from '#fleet/connection-room';
import { fleetColumns, type FleetMember, inventoryFrom, membersOf } from '#fleet/members';
import { type MemberQuestion, proveMember } from './prove.ts';
import { elsewhereOf, type Reach } from '#fleet/reach';
import { isEncryptedWith } from '#fleet/member-key';
import { overMembers } from '#fleet/over-members';
import { memberRecords, rotateMembers } from '#fleet/rotate-members';

export interface RotateFleetInput {
  readonly databases: readonly string[];
  readonly reach?: Reach | undefined;
  /** Keys that the admin gave. Without one, that of an unfinished rotation, else the ring's: see `plannedKeys`. */
  readonly given?: { readonly from?: EncryptionKey | undefined; readonly to?: EncryptionKey | undefined };
  readonly excluded: readonly string[];
  readonly accepted: readonly AcceptableStop[];
  readonly lockTimeoutMs: number;
  readonly rehearsal: boolean;
  /** How many databases are worked on at once. */
  readonly limit: number;
  /** Hears which databases are left to do, under which keys, before anything; what it throws ends the run. */
  readonly onPlan?: (plan: FleetPlan) => void;
  /** What has to be in the key ring before the run, after the admin agreed. Not called for a rehearsal. */
  readonly prepareKeys?: (keys: OpenKeyRing) => Promise<void>;
}

export interface FleetPlan {
  /** Fingerprints. */
  readonly from: string;
  readonly to: string;
  /** The databases that have not gone over yet, or are not found under the new key any more. */
  readonly left: readonly string[];
}

export interface FleetReport {
  /** Of this run's databases and those of an unfinished run before it. */
  readonly record: FleetRecord;
  /** The databases that were worked on now. */
  readonly worked: readonly string[];
  /** The run was cancelled: the rest was not begun. */
  readonly cancelled: boolean;
}

/** How long another Keel's rotation of the same fleet is waited for, in milliseconds: not at all. */
const timeoutMs = 0;

/**
 * Rotates the databases of a fleet, each in its own transaction, and keeps what became of each. A database that fails leaves the
 * others right, and the next run does it alone. Throws `rotation-unsettled` where an unfinished run went between other keys,
 * what `assertTarget` throws, `usage` for exclusions that mean no column, `artefact-missing` for a
 * key without a proven backup, `preflight-stopped` where the environment's own database is under the old key and left out; nothing is changed then.
 */
export async function rotateFleet(
  workspace: KnownWorkspace,
  input: RotateFleetInput,
  context: UseCaseContext<'fleet'>,
): Promise<FleetReport> {
  const perform = async () => performRotation(workspace, await workspace.openKeys(), input, context);
  if (input.rehearsal) return perform();
  return failureNoted(context.audit, { environment: workspace.id, run: 'rotation' }, async () => {
    // opening the keys makes the folder that the lock lies in
    await workspace.openKeys();
    return withFolderLock(workspace.folder, 'fleet-rotation', perform, { timeoutMs }).catch((error) => {
      throw error instanceof KeelError && error.code === 'lock-timeout' ? alreadyRunning(error) : error;
    });
  });
}

async function performRotation(
  workspace: KnownWorkspace,
  open: OpenKeyRing,
  input: RotateFleetInput,
  { signal, onProgress, confirm, audit }: UseCaseContext<'fleet'>,
): Promise<FleetReport> {
  const { rehearsal, excluded, accepted, lockTimeoutMs, limit } = input;
  const { folder, settings } = workspace;
  const { keyRing } = open;
  const inventory = inventoryFrom(settings.inventory);
  if (inventory) assertNamesKnown(excluded, inventory);
  const members = await membersOf(workspace, input.databases, input.reach);
  const unfinished = unfinishedOf(await readFleetRecord(folder));
  using keys = await fleetKeys(workspace, open, input, unfinished);
  const { from, to } = { from: keys.from.fingerprint, to: keys.to.fingerprint };
  assertSameFleet(unfinished, { from, to });
  const ivProofs = await readIvProofs(folder);
  await assertOwnDatabaseGoes(workspace, input.databases, { key: keys.from, ivProofs }, signal);
  // a key of the ring is backed up by now; one that the admin gives is with `prepareKeys`
  if (!input.given?.to) await assertBackedUp(open, to);
  const names = members.map(({ name }) => name);
  const isOver = (name: string) =>
    unfinished?.databases.some((one) => one.name === name && one.state === 'done') ?? false;
  const over = members.filter(({ name }) => isOver(name));
  const lapsed = await lapsedOf(workspace, over, keys.to, { limit, signal });
  let begun = fleetRecordFor(names, { from, to }, unfinished, lapsed);
  const left = members.filter(({ name }) => !isOver(name) || lapsed.includes(name));
  const worked = left.map(({ name }) => name);
  input.onPlan?.({ from, to, left: worked });
  if (!rehearsal) {
    await confirm({
      of: 'rotate-fleet',
      from,
      to,
      databases: worked,
      members: members.length,
      kept: excluded,
      accepted,
    });
    await input.prepareKeys?.(open);
    await assertBackedUp(open, to);
    begun = await beginFleetRecord(folder, names, { from, to }, elsewhereOf(names, input.reach), lapsed);
  }
  const record = await rotateMembers(left, begun, {
    folder,
    of: fleetColumns(settings),
    excluded,
    accepted,
    lockTimeoutMs,
    keys,
    ivProofs,
    keyRing,
    rehearsal,
    limit,
    signal,
    onEnded: (ended) => onProgress({ step: 'fleet', done: ended, total: left.length }),
  });
  if (!rehearsal) await carryIvProofs(folder, from, to);
  const ended = record.databases.filter(({ name }) => worked.includes(name));
  const of = (state: string) => ended.filter((one) => one.state === state).length;
  await audit.after({
    environment: workspace.id,
    action: rehearsal ? 'fleet rehearsed' : 'fleet rotated',
    detail: `${of('done')} of ${ended.length} databases ${rehearsal ? 'done and rolled back' : `encrypted with ${to}`}, ${of('failed')} failed`,
    outcome: of('done') === ended.length ? 'done' : 'failed',
    fingerprint: to,
  });
  return { record, worked, cancelled: signal.aborted };
}

/** Which of these databases, on record as rotated, were not found to be under the new key by a sample, whatever the reason: they are worked on again. */
async function lapsedOf(
  { folder, settings }: KnownWorkspace,
  members: readonly FleetMember[],
  to: EncryptionKey,
  { limit, signal }: { readonly limit: number; readonly signal: AbortSignal },
): Promise<string[]> {
  const of = fleetColumns(settings);
  const outcomes = await overMembers(
    members,
    { limit, signal, onProgress: () => undefined },
    ({ name, database }) =>
      isEncryptedWith(to, { database, records: memberRecords(folder, name), of, signal }),
  );
  if (signal.aborted)
    throw new KeelError('cancelled', 'cancelled; nothing was changed', 'start it again when you are ready');
  const holds = (at: number) => {
    const outcome = outcomes[at];
    return outcome !== undefined && 'value' in outcome && outcome.value;
  };
  return members.flatMap(({ name }, at) => (holds(at) ? [] : [name]));
}

/** The environment has one active key, and its own database would be left under the other. It is asked, since what is on record of it may be old. */
async function assertOwnDatabaseGoes(
  workspace: KnownWorkspace,
  databases: readonly string[],
  from: Pick<MemberQuestion, 'key' | 'ivProofs'>,
  signal: AbortSignal,
): Promise<void> {
  const { address } = workspace.settings;
  if (databases.includes(address.database)) return;
  const [own] = await membersOf(workspace, [address.database]);
  const question = { ...from, of: fleetColumns(workspace.settings), excluded: [] };
  const room = connectionRoom(signal);
  const proof = await room(address.database, () => proveMember(own as FleetMember, question, signal)).catch(
    unlessNothingThere,
  );
  const proven = proof?.columns.reduce((sum, column) => sum + column.proven, 0) ?? 0;
  if (proven === 0) return;
  throw new KeelError(
    'preflight-stopped',
    `${address.database}, the environment’s own database, has ${counted(proven, 'value')} encrypted with key ${from.key.fingerprint} and is not on this list; nothing was changed`,
    text`${{ do: 'list-own-database' }}, because all of them share the key, or rotate it on its own first`,
  );
}

/** A database that is gone or has none of the tables holds nothing under the key. */
function unlessNothingThere(error: unknown): undefined {
  expectedFailure(error, 'inventory-mismatch', 'database-missing');
}

/** The keys of an unfinished run, or else those of the next rotation, as the ring knows them. */
export function plannedFleetKeys(
  keys: readonly KeyEntry[],
  unfinished: FleetRecord | undefined,
): { from?: KeyEntry; to?: KeyEntry } {
  if (!unfinished) return plannedKeys(keys);
  const of = (fingerprint: string) => keys.find((key) => key.fingerprint === fingerprint);
  const [from, to] = [of(unfinished.from), of(unfinished.to)];
  return { ...(from && { from }), ...(to && { to }) };
}

/** Both keys: as given, which stay the giver's, else loaded, which are disposed with the answer. */
async function fleetKeys(
  workspace: KnownWorkspace,
  { keyRing }: OpenKeyRing,
  { given = {} }: RotateFleetInput,
  unfinished: FleetRecord | undefined,
): Promise<Disposable & { readonly from: EncryptionKey; readonly to: EncryptionKey }> {
  const planned = plannedFleetKeys((await workspace.readRing()).keys, unfinished);
  const loaded: EncryptionKey[] = [];
  const load = async (fingerprint: string | undefined, missing: () => KeelError) => {
    if (fingerprint === undefined) throw missing();
    const key = await keyRing.load(fingerprint);
    loaded.push(key);
    return key;
  };
  const dispose = () => {
    for (const key of loaded) key[Symbol.dispose]();
  };
  try {
    const from = given.from ?? (await load(unfinished?.from ?? planned.from?.fingerprint, noOldKey));
    const to = given.to ?? (await load(unfinished?.to ?? planned.to?.fingerprint, noNewKey));
    const { inventory, application } = workspace.settings;
    await assertTarget({ inventory: inventoryFrom(inventory), application }, { from, to });
    return { from, to, [Symbol.dispose]: dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}

async function assertBackedUp({ keyRing }: OpenKeyRing, fingerprint: string): Promise<void> {
  const entry = (await keyRing.list()).find((key) => key.fingerprint === fingerprint);
  if (entry && entry.proofs.length > 0) return;
  throw new KeelError(
    'artefact-missing',
    `no backup of the new key ${fingerprint} has passed a test restore yet; nothing was changed`,
    'make one and test it',
  );
}

function noOldKey(): KeelError {
  return new KeelError(
    'key-unproven',
    'no key of this environment has been proven yet; nothing was changed',
    'import the key that the databases are encrypted with, and prove it',
  );
}

function noNewKey(): KeelError {
  return new KeelError(
    'artefact-missing',
    'there is no new key to rotate to: no key generated here is pending; nothing was changed',
    'generate one, back it up and test the backup',
  );
}

function alreadyRunning(cause: KeelError): KeelError {
  return new KeelError(
    'rotation-running',
    'a rotation of this fleet is in progress; nothing was started',
    'wait until it finishes, or cancel it',
    { cause },
  );
}
