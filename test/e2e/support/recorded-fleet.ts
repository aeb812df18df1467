import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FleetRecord } from '#records/fleet-record';
import { writeFleetRecord } from '../../support/databases/recorded-fleet.ts';
import type { Keel } from './keel.ts';

type Databases = FleetRecord['databases'];

/**
 * Puts a rotation of many databases on record, as one that came so far: `org_1` is done, and so are the others but for those in `apart`.
 * No server has them. Between the environment's key and a new one.
 */
export async function recordFleet(
  { home }: Pick<Keel, 'home'>,
  environment: string,
  count: number,
  apart: Readonly<Record<string, object>>,
): Promise<void> {
  const folder = join(home, 'environments', environment);
  const ring = JSON.parse(await readFile(join(folder, 'keyring.json'), 'utf8')) as {
    keys: { fingerprint: string }[];
  };
  const [from = '', to = ''] = ring.keys.map(({ fingerprint }) => fingerprint);
  const at = new Date().toISOString();
  const databases = Array.from({ length: count }, (_, i): Databases[number] => {
    const name = `org_${i + 1}`;
    return { name, state: 'done', at, rows: 40 + i, ...apart[name] } as Databases[number];
  });
  await writeFleetRecord(folder, { from, to, databases });
}
