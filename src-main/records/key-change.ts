import { fleetFolders } from './known-databases.ts';
import { inOrder, type RotationRecord, RotationRecords } from './rotation-record.ts';

/** A record of a rotation of an environment's own database, or of one of its fleets'. */
export interface EnvironmentRecord {
  readonly record: RotationRecord;
  /** It is of a database of a fleet. */
  readonly fleet: boolean;
}

/** Every record of the environment in `folder`, of its own database first. Throws `state-damaged`. */
export async function everyRecord(folder: string): Promise<EnvironmentRecord[]> {
  const records = (await new RotationRecords(folder).list()).map((record) => ({ record, fleet: false }));
  for (const member of await fleetFolders(folder)) {
    const others = await new RotationRecords(folder, member).list();
    records.push(...others.map((record) => ({ record, fleet: true })));
  }
  return records;
}

/**
 * The last change of the key: the first record that took rows to it, whose id stands for the change while further databases follow.
 * Undefined where none is on record. Throws `state-damaged`.
 */
export async function lastKeyChange(folder: string): Promise<EnvironmentRecord | undefined> {
  const committed = (await everyRecord(folder))
    .filter(
      ({ record: { purpose, state } }) =>
        purpose !== 'sweep' && (state === 'committed' || state === 'confirmed'),
    )
    .sort((a, b) => inOrder(a.record, b.record));
  const last = committed.at(-1);
  const before = committed.findLastIndex(({ record }) => record.to !== last?.record.to);
  return last?.fleet ? committed[before + 1] : last;
}

/** When the rows of a record were encrypted with its new key, as ISO 8601. */
export function committedAt({ history }: RotationRecord): string {
  return (history.find(({ state }) => state === 'committed') ?? history.at(-1))?.at ?? '';
}
