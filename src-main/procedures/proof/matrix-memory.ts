import { randomUUID } from 'node:crypto';
import type { MatrixCell } from '#contract/matrix';
import type { EncryptionKey } from '#crypto/encryption-key';
import { KeelError } from '#errors/keel-error';
import type { ResolvedConnection } from '#procedures/environments/connection';

export interface RestoredKey {
  readonly environment: string;
  readonly key: EncryptionKey;
  /** What it was restored from. */
  readonly from: string;
}

export interface AdHocDatabase extends ResolvedConnection {
  readonly environment: string;
}

/** Keys that artefacts gave, databases that were named, and what was proven, for one session. Wiped when the app locks. */
export interface MatrixMemory {
  /** Takes over the key. Throws `request-refused` where more are held than somebody compares. */
  addKey(restored: RestoredKey): string;
  /** Takes over the password. */
  addDatabase(database: AdHocDatabase): string;
  keys(environment: string): readonly (readonly [id: string, restored: RestoredKey])[];
  databases(environment: string): readonly (readonly [id: string, database: AdHocDatabase])[];
  /** With the cells that are about it. */
  takeAway(id: string): void;
  /** The caller knows the key and the database of the cell. */
  keepCell(environment: string, cell: MatrixCell): void;
  cells(environment: string): readonly MatrixCell[];
  wipe(): void;
}

const maxKept = 16;

export function createMatrixMemory(): MatrixMemory {
  const keys = new Map<string, RestoredKey>();
  const databases = new Map<string, AdHocDatabase>();
  const cells = new Map<string, Map<string, MatrixCell>>();
  const add = <Value>(kept: Map<string, Value>, value: Value, secret: Disposable | undefined) => {
    if (kept.size >= maxKept) {
      secret?.[Symbol.dispose]();
      throw new KeelError(
        'request-refused',
        `the matrix already has ${maxKept} entries; nothing was added`,
        'remove one first',
      );
    }
    const id = randomUUID();
    kept.set(id, value);
    return id;
  };
  const takeAway = (id: string) => {
    keys.get(id)?.key[Symbol.dispose]();
    databases.get(id)?.password?.[Symbol.dispose]();
    keys.delete(id);
    databases.delete(id);
    for (const kept of cells.values())
      for (const [name, cell] of kept) if (cell.key === id || cell.database === id) kept.delete(name);
  };
  const of = <Value extends { environment: string }>(kept: Map<string, Value>, environment: string) =>
    [...kept].filter(([, value]) => value.environment === environment);
  return {
    addKey: (restored) => add(keys, restored, restored.key),
    addDatabase: (database) => add(databases, database, database.password),
    keys: (environment) => of(keys, environment),
    databases: (environment) => of(databases, environment),
    takeAway,
    keepCell(environment, cell) {
      const kept = cells.get(environment) ?? new Map<string, MatrixCell>();
      cells.set(environment, kept);
      kept.set(JSON.stringify([cell.key, cell.database]), cell);
    },
    cells: (environment) => [...(cells.get(environment)?.values() ?? [])],
    wipe() {
      for (const id of [...keys.keys(), ...databases.keys()]) takeAway(id);
      cells.clear();
    },
  };
}
