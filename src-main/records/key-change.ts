import { join } from 'node:path';
import { fleetFolders } from './known-databases.ts';
import { type RotationRecord, RotationRecords } from './rotation-record.ts';

/** How an environment came to its active key. */
export interface KeyChange {
  /** The first record that took rows to that key; its id stands for the change while further databases follow. */
  readonly record: RotationRecord;
  /** It is of a database of a fleet. */
  readonly fleet: boolean;
}

/**
 * The last change of the key, by a rotation of the environment's own database or of its fleet; undefined where none is on record. Throws
 * `state-damaged`.
 */
export async function lastKeyChange(folder: string): Promise<KeyChange | undefined> {
  const own = (await new RotationRecords(folder).list()).map((record) => ({ record, fleet: false }));
  const changes: KeyChange[] = [...own];
  for (const member of await fleetFolders(folder)) {
    const records = await new RotationRecords(join(folder, 'fleet', member)).list();
    changes.push(...records.map((record) => ({ record, fleet: true })));
  }
  const committed = changes
    .filter(
      ({ record: { purpose, state } }) =>
        purpose !== 'sweep' && (state === 'committed' || state === 'confirmed'),
    )
    .sort((a, b) => committedAt(a.record).localeCompare(committedAt(b.record)));
  const last = committed.at(-1);
  const before = committed.findLastIndex(({ record }) => record.to !== last?.record.to);
  return last?.fleet ? committed[before + 1] : last;
}

function committedAt({ history }: RotationRecord): string {
  return (history.find(({ state }) => state === 'committed') ?? history.at(-1))?.at ?? '';
}
