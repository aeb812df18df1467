import type { Census } from '#census/census-result';
import type { CensusReport } from '#contract/census';
import type { EncryptionKey } from '#crypto/encryption-key';
import { KeelError } from '#errors/keel-error';
import type { Implementations, Work } from '#procedures/implementations';
import type { NoteActivity } from '#procedures/note-activity';
import { takeCensusOf } from '#proof/use-cases/take-census';
import { windowAudit, windowContext } from '#procedures/window-context';
import type { Workspace, Workspaces } from '#procedures/workspaces';

export interface CensusPorts {
  readonly workspaces: Workspaces;
  readonly note: NoteActivity;
}

/** Everything in a database that is under a key of the ring, and everything that was not read. */
export function censusProcedures({ workspaces, note }: CensusPorts): Pick<Implementations, 'census.take'> {
  return {
    async 'census.take'({ environment }, { signal, progress }) {
      using workspace = await workspaces.open(environment);
      const keys = await loadRing(workspace);
      try {
        const tell = tellTable(progress);
        const census = await takeCensusOf(
          workspace,
          { keys, inventory: { version: 1, columns: workspace.settings.inventory }, onTable: tell },
          windowContext({ audit: windowAudit(note), signal }),
        );
        return censusForWindow(census);
      } finally {
        for (const key of keys) key[Symbol.dispose]();
      }
    },
  };
}

/** Every key of a ring that is still kept. The caller disposes them. Throws `key-unproven` for an empty one. */
export async function loadRing(workspace: Workspace): Promise<EncryptionKey[]> {
  const { keyRing } = await workspace.openKeys();
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
