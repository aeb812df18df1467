import { mkdir, readdir, readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { inventory } from '#contract/inventory';
import { writeDurably } from '#environments/durable-file';
import { ivProof } from '#environments/iv-proofs';
import { KeelError } from '#errors/keel-error';
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
  version: z.literal(1),
  id: z.uuid(),
  /** `rotate`, or what else rewrote rows. */
  purpose: z.enum(['rotate', 'undo', 'sweep']),
  /** Fingerprints. */
  from: z.string(),
  to: z.string(),
  inventory,
  excluded: z.array(z.string()),
  /** Columns of which a value had shown where their IV is. */
  ivProofs: z.array(ivProof).optional(),
  state: z.enum(states),
  history: z.array(z.strictObject({ state: z.enum(states), at: z.iso.datetime() })),
  /** Who runs it, to tell a crash from a rotation that is still going on. */
  process: z.strictObject({ pid: z.number().int(), host: z.string() }),
  /** Of the cutover's transaction, written before its first statement. */
  cutover: z.strictObject({ xid: z.string(), backendPid: z.number().int() }).optional(),
});
export type RotationRecord = z.infer<typeof rotationRecord>;

/** A new record in state `prepared`. */
export function newRecord(
  details: Pick<RotationRecord, 'id' | 'purpose' | 'from' | 'to' | 'inventory' | 'excluded' | 'ivProofs'>,
): RotationRecord {
  const at = new Date().toISOString();
  return {
    version: 1,
    ...details,
    state: 'prepared',
    history: [{ state: 'prepared', at }],
    process: { pid: process.pid, host: hostname() },
  };
}

/** The records of one environment, a file each, in `folder`/rotations. */
export class RotationRecords {
  readonly #folder: string;

  constructor(environmentFolder: string) {
    this.#folder = join(environmentFolder, 'rotations');
  }

  /** Durable when it returns. */
  async write(record: RotationRecord): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await writeDurably(join(this.#folder, `${record.id}.json`), `${JSON.stringify(record, null, 2)}\n`);
  }

  /** Moves a record on and writes it before returning it. */
  async advance(
    record: RotationRecord,
    event: RotationEvent,
    details: Pick<RotationRecord, 'cutover'> = {},
  ): Promise<RotationRecord> {
    const state = nextState(record.state, event);
    const history = [...record.history, { state, at: new Date().toISOString() }];
    const moved = { ...record, ...details, state, history };
    await this.write(moved);
    return moved;
  }

  /** All records, oldest first. Throws `state-damaged` naming a file, or the folder, that cannot be read. */
  async list(): Promise<RotationRecord[]> {
    const names = await readdir(this.#folder).catch((error: NodeJS.ErrnoException) => {
      // a folder that is there and cannot be looked into may hold a rotation that must be settled first
      if (error.code === 'ENOENT') return [];
      throw unreadable(`the folder of rotation records ${this.#folder}`, error);
    });
    const records = await Promise.all(
      names.filter((name) => name.endsWith('.json')).map((name) => readRecord(join(this.#folder, name))),
    );
    return records.sort((a, b) => startOf(a).localeCompare(startOf(b)));
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

function startOf(record: RotationRecord): string {
  return record.history[0]?.at ?? '';
}

async function readRecord(path: string): Promise<RotationRecord> {
  try {
    return rotationRecord.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    throw unreadable(`the rotation record ${path}`, error);
  }
}

function unreadable(what: string, cause: unknown): KeelError {
  return new KeelError(
    'state-damaged',
    `${what} cannot be read; nothing was changed`,
    'restore it from a backup of the folder, or move it aside and compare both keys with `keel prove`',
    { cause },
  );
}
