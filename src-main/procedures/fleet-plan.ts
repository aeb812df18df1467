import type { FleetProof, FleetRun } from '#contract/fleet';
import type { EncryptedColumn } from '#contract/inventory';
import { KeelError } from '#errors/keel-error';
import type { FleetRecord } from '#fleet/fleet-record';
import type { Outcome } from '#fleet/in-parallel';
import type { KeyEntry } from '#keyring/key-entry';
import type { Proof } from '#rotation/prove';
import { asKeelError, type FleetMember, fleetReach } from '../compose-fleet.ts';
import { databaseAt, type Database } from '../compose.ts';
import { loadPlannedKeys, type LoadedKeys, plannedKeys } from './rotation-plan.ts';
import { inWindowWords } from './window-words.ts';
import type { Workspace } from './workspaces.ts';

/** The same server, user and password, other databases; each once. */
export function membersOf({ target }: Database, names: readonly string[]): FleetMember[] {
  return [...new Set(names)].map((name) => ({ name, database: databaseAt({ ...target, database: name }) }));
}

/** The keys of an unfinished run, or else those of the next rotation, as the ring knows them. */
export function keysOfFleet(
  keys: readonly KeyEntry[],
  unfinished: FleetRecord | undefined,
): { from?: KeyEntry; to?: KeyEntry } {
  if (!unfinished) return plannedKeys(keys);
  const of = (fingerprint: string) => keys.find((key) => key.fingerprint === fingerprint);
  const [from, to] = [of(unfinished.from), of(unfinished.to)];
  return { ...(from && { from }), ...(to && { to }) };
}

/** Loads them. Throws `artefact-missing` unless a backup of the new one was proven. */
export async function loadFleetKeys(
  workspace: Workspace,
  unfinished: FleetRecord | undefined,
): Promise<LoadedKeys> {
  const { to } = keysOfFleet((await workspace.readRing()).keys, unfinished);
  if (to && to.proofs.length === 0) {
    throw new KeelError(
      'artefact-missing',
      `no backup of the new key ${to.fingerprint} has been proven yet; nothing was changed`,
      'make one and drill it',
    );
  }
  if (!unfinished) return loadPlannedKeys(workspace);
  const { keyRing } = await workspace.environment();
  const from = await keyRing.load(unfinished.from);
  try {
    return { from, to: await keyRing.load(unfinished.to) };
  } catch (error) {
    from[Symbol.dispose]();
    throw error;
  }
}

/** A run over these columns for the window. */
export function runForWindow(
  record: FleetRecord,
  rehearsal: boolean,
  columns: readonly EncryptedColumn[],
): FleetRun {
  const { from, to, startedAt, finishedAt, databases } = record;
  const reach = fleetReach(record, columns, rehearsal);
  return {
    ...(reach && { beyondReach: reach }),
    from,
    to,
    rehearsal,
    startedAt,
    ...(finishedAt !== undefined && { finishedAt }),
    databases: databases.map((one) => ({ ...one, ...wordsOf(one) })),
  };
}

/** What a key opens of one database, for the window. */
export function proofForWindow(name: string, outcome: Outcome<Proof>): FleetProof {
  if (outcome && 'value' in outcome) {
    const { verdict, columns } = outcome.value;
    const sum = (of: (column: Proof['columns'][number]) => number) =>
      columns.reduce((total, column) => total + of(column), 0);
    return {
      name,
      verdict,
      opened: sum(({ proven, inconclusive }) => proven + inconclusive),
      values: sum(({ rows }) => rows),
    };
  }
  const { code, message, remedy } = asKeelError(outcome?.error);
  return { name, code, ...wordsOf({ message, remedy }) };
}

interface Words {
  readonly message?: string;
  readonly remedy?: string;
}

function wordsOf({ message, remedy }: Words): Words {
  return {
    ...(message !== undefined && { message: inWindowWords(message) }),
    ...(remedy !== undefined && { remedy: inWindowWords(remedy) }),
  };
}
