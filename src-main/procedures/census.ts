import { takeCensus } from '#census/census';
import type { Census } from '#census/census-result';
import type { CensusReport } from '#contract/census';
import type { EncryptionKey } from '#crypto/encryption-key';
import { KeelError } from '#errors/keel-error';
import type { Environment } from '../compose.ts';
import { keepCensus } from '../compose-keys.ts';
import type { Implementations, Work } from './implementations.ts';
import type { NoteActivity } from './note-activity.ts';
import type { Workspaces } from './workspaces.ts';

export interface CensusPorts {
  readonly workspaces: Workspaces;
  readonly note: NoteActivity;
}

/** Everything in a database that is under a key of the ring, and everything that was not read. */
export function censusProcedures({ workspaces, note }: CensusPorts): Pick<Implementations, 'census.take'> {
  return {
    async 'census.take'({ environment }, { signal, progress }) {
      using workspace = await workspaces.open(environment);
      const keys = await loadRing(await workspace.environment());
      try {
        const client = await (await workspace.database()).open('keel census');
        try {
          const census = await takeCensus(client, {
            keys,
            inventory: { version: 1, columns: workspace.settings.inventory },
            signal,
            onProgress: tellTable(progress),
          });
          await keepCensus(workspace.folder, census);
          const others = census.places.filter(({ inInventory }) => !inInventory).length;
          await note({
            environment,
            action: 'census taken',
            detail: `${census.cells} cells of ${census.tables} tables; ${others} places beside the inventory, ${census.unread.length} not read`,
            outcome: others + census.unread.length > 0 ? 'failed' : 'done',
          });
          return censusForWindow(census);
        } finally {
          await client.end();
        }
      } finally {
        for (const key of keys) key[Symbol.dispose]();
      }
    },
  };
}

/** Every key of a ring that is still kept. The caller disposes them. Throws `key-unproven` for an empty one. */
export async function loadRing({ keyRing }: Pick<Environment, 'keyRing'>): Promise<EncryptionKey[]> {
  const keys: EncryptionKey[] = [];
  try {
    for (const { fingerprint, state } of await keyRing.list()) {
      if (state !== 'destroyed') keys.push(await keyRing.load(fingerprint));
    }
  } catch (error) {
    for (const key of keys) key[Symbol.dispose]();
    throw error;
  }
  if (keys.length === 0) throw noKeys();
  return keys;
}

/** A table is named no faster than it can be read, however small the tables are. */
const leastMsBetweenTables = 200;

function tellTable(progress: Work['progress']): (read: number, total: number, table: string) => void {
  let named = '';
  let namedAt = Number.NEGATIVE_INFINITY;
  return (read, total, table) => {
    const now = performance.now();
    if (now - namedAt >= leastMsBetweenTables) {
      named = table;
      namedAt = now;
    }
    progress(`reading every cell of ${named}`, read, total);
  };
}

/** A census as the window gets it: copies, since what crosses the border is not shared. */
export function censusForWindow(census: Census): CensusReport {
  return {
    ...census,
    keys: [...census.keys],
    places: census.places.map((place) => ({ ...place, rows: [...place.rows] })),
    unread: census.unread.map((place) => ({ ...place })),
  };
}

function noKeys(): KeelError {
  return new KeelError(
    'key-unproven',
    'the key ring is empty; nothing was read',
    'generate, import or restore a key first',
  );
}
