import { readdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { inventory } from '#contract/inventory';
import { ivProof } from '#environments/iv-proofs';
import { KeelError } from '#errors/keel-error';
import { text } from '#errors/text';
import { changeState, readState } from '#storage/state-file';
import { stateKind } from '#storage/state-kind';
import { nextState, type RotationEvent, type RotationState } from './rotation-state.ts';

const states = [
  'prepared',
  'backed-up',
  'rehearsed',
  'cutover',
  'committed',
  'confirmed',
  'rolled-back',
] as const satisfies readonly RotationState[];

const rotationRecord = z.strictObject({
  id: z.uuid(),
  /** Which rotation of the environment it is, of its fleets' too: see `nextOrder`. Records of older Keels have none. */
  order: z.number().int().positive().optional(),
  /** `rotate`, or what else rewrote rows. */
  purpose: z.enum(['rotate', 'undo', 'sweep']),
  /** Fingerprints. */
  from: z.string(),
  to: z.string(),
  inventory,
  excluded: z.array(z.string()),
  /** The admin accepted that values too short to tell are left. */
  leftShort: z.boolean().optional(),
  /** Columns of which a value had shown where their IV is. */
  ivProofs: z.array(ivProof).optional(),
  state: z.enum(states),
  history: z.array(z.strictObject({ state: z.enum(states), at: z.iso.datetime() })),
  /** Who runs it, to tell a crash from a rotation that is still going on. */
  process: z.strictObject({ pid: z.number().int(), host: z.string() }),
  /** The server's processes that work for it, told from later ones of the same number by their start. */
  backends: z.array(z.strictObject({ pid: z.number().int(), startedAt: z.string() })).optional(),
  /** Of the cutover's transaction, written before its first statement. */
  cutover: z
    .strictObject({
      xid: z.string(),
      backendPid: z.number().int(),
      /** Whether a journal row tells of the commit (`schema`), or none can (`temporary`). */
      place: z.enum(['schema', 'temporary']).optional(),
      /** Rows were rewritten the portable way: the transaction has no number by which they tell, and `xid` stands for none. */
      portable: z.boolean().optional(),
      /** Values of both keys were expected before it began. */
      bothKeys: z.boolean().optional(),
    })
    .optional(),
});
export type RotationRecord = z.infer<typeof rotationRecord>;

export const rotationRecordKind = stateKind({
  // of a database of a fleet too: environments/*/fleet/*/rotations/*.json
  file: 'environments/*/rotations/*.json',
  what: 'the rotation record',
  version: 1,
  schema: rotationRecord,
  remedy: text`restore it from a backup of the folder, or move it aside and compare both keys with ${{ do: 'prove' }}`,
});

/** A new record in state `prepared`. */
export function newRecord(
  details: Pick<
    RotationRecord,
    | 'id'
    | 'order'
    | 'purpose'
    | 'from'
    | 'to'
    | 'inventory'
    | 'excluded'
    | 'leftShort'
    | 'ivProofs'
    | 'backends'
  >,
): RotationRecord {
  const at = new Date().toISOString();
  return {
    ...details,
    state: 'prepared',
    history: [{ state: 'prepared', at }],
    process: { pid: process.pid, host: hostname() },
  };
}

/** The records of an environment's own database, or of one of its fleets', a file each. */
export class RotationRecords {
  /** The environment's folder. */
  readonly environment: string;
  readonly #folder: string;

  /** `member`: the folder of a database of a fleet. */
  constructor(environment: string, member?: string) {
    this.environment = environment;
    this.#folder = join(environment, ...(member === undefined ? [] : ['fleet', member]), 'rotations');
  }

  /** Durable when it returns. */
  async write(record: RotationRecord): Promise<void> {
    await changeState(rotationRecordKind, this.#pathOf(record), () => record);
  }

  /** Moves a record on and writes it before returning it. It may be there by now; throws `rotation-running` where another Keel
   * moved it elsewhere. */
  async advance(
    record: RotationRecord,
    event: RotationEvent,
    details: Pick<RotationRecord, 'cutover'> = {},
  ): Promise<RotationRecord> {
    const state = nextState(record.state, event);
    return changeState(rotationRecordKind, this.#pathOf(record), (now = record) => {
      if (now.state === state && state !== record.state) return now;
      if (now.state !== record.state) throw movedSince(now);
      const history = [...now.history, { state, at: new Date().toISOString() }];
      return { ...now, ...details, state, history };
    });
  }

  /** All records, oldest first. Throws `state-damaged` naming a file, or the folder, that cannot be read. */
  async list(): Promise<RotationRecord[]> {
    const names = await readdir(this.#folder).catch((error: NodeJS.ErrnoException) => {
      // a folder that is there and cannot be looked into may hold a rotation that must be settled first
      if (error.code === 'ENOENT') return [];
      throw unlisted(this.#folder, error);
    });
    const records: RotationRecord[] = [];
    for (const name of names.filter((name) => name.endsWith('.json'))) {
      const record = await readState(rotationRecordKind, join(this.#folder, name));
      if (record) records.push(record);
    }
    return records.sort(inOrder);
  }

  #pathOf({ id }: RotationRecord): string {
    return join(this.#folder, `${id}.json`);
  }
}

/**
 * Whether a process of this machine has the number of the one that runs this rotation. It may be another program by now:
 * numbers are used again.
 */
export function hasLiveProcess({ process: owner }: RotationRecord): boolean {
  if (owner.host !== hostname()) return false;
  try {
    process.kill(owner.pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Compares two records of an environment by which was begun first: by their numbers, since a clock may have been set back in between. Those
 * without a number are older, and were begun by one clock.
 */
export function inOrder(a: RotationRecord, b: RotationRecord): number {
  return (a.order ?? 0) - (b.order ?? 0) || startOf(a).localeCompare(startOf(b));
}

function startOf(record: RotationRecord): string {
  return record.history[0]?.at ?? '';
}

function unlisted(folder: string, cause: NodeJS.ErrnoException): KeelError {
  return new KeelError(
    'state-damaged',
    `the rotation records folder ${folder} cannot be read (${cause.code}); nothing was changed`,
    rotationRecordKind.remedy,
    { cause },
  );
}

function movedSince({ id, state }: RotationRecord): KeelError {
  return new KeelError(
    'rotation-running',
    `another Keel process has meanwhile settled rotation ${id} as ${state}; its record was not changed`,
    'check the rotation again before you continue',
  );
}
