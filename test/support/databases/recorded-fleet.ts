import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FleetRecord } from '#records/fleet-record';

/** Puts a rotation of a fleet on record in an environment's folder, as one that began just now. */
export async function writeFleetRecord(
  folder: string,
  run: Pick<FleetRecord, 'from' | 'to' | 'databases' | 'finishedAt'>,
): Promise<void> {
  const startedAt = new Date().toISOString();
  const record = { version: 4, writtenBy: '0.1.0', startedAt, ...run };
  await mkdir(join(folder, 'fleet'), { recursive: true });
  await writeFile(join(folder, 'fleet', 'rotation.json'), JSON.stringify(record));
}
