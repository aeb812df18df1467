import { discoverColumns, type Finding } from '#discovery/discovery';
import { readIvProofs } from '#environments/iv-proofs';
import { resolveInventory } from '#postgres/table-target';
import { readCatalog } from '#postgres/catalog';
import { withoutExcluded } from '#rotation/exclusion';
import { proveKey } from '#rotation/prove';
import type { Implementations } from './implementations.ts';
import type { NoteActivity } from './note-activity.ts';
import { inWindowWords } from './window-words.ts';
import type { Workspaces } from './workspaces.ts';

export interface InventoryPorts {
  readonly workspaces: Workspaces;
  readonly note: NoteActivity;
  readonly changed: () => void;
}

type Names = `inventory.${'read' | 'write' | 'discover'}` | 'proof.run';

/** Which columns are encrypted, and whether a key opens them. The database is only read. */
export function inventoryProcedures({
  workspaces,
  note,
  changed,
}: InventoryPorts): Pick<Implementations, Names> {
  return {
    async 'inventory.read'({ environment }) {
      using workspace = await workspaces.open(environment);
      const { inventory, excluded } = workspace.settings;
      return { columns: inventory, excluded };
    },

    async 'inventory.write'({ environment, columns, excluded }) {
      using workspace = await workspaces.open(environment);
      const client = await (await workspace.database()).open('keel inventory');
      try {
        // an inventory that the database does not fit is not kept
        resolveInventory({ version: 1, columns }, await readCatalog(client));
      } finally {
        await client.end();
      }
      await workspace.change({ inventory: columns, excluded });
      const count = `${columns.length} encrypted column${columns.length === 1 ? '' : 's'}`;
      const left = excluded.length > 0 ? `, rows left by name: ${excluded.join(', ')}` : '';
      await note({ environment, action: 'inventory reviewed', detail: count + left, outcome: 'done' });
      changed();
      return {};
    },

    async 'inventory.discover'({ environment, fingerprint }, { signal, progress }) {
      using workspace = await workspaces.open(environment);
      progress('reading the catalog', 0);
      const database = await workspace.database();
      using key =
        fingerprint === undefined
          ? undefined
          : await (await workspace.environment()).keyRing.load(fingerprint);
      const client = await database.open('keel discover');
      try {
        const { proposed, unresolved, untold, unopened, skipped } = await discoverColumns(client, {
          ...(key && { key }),
          signal,
          onTable: (done, total) => progress('looking through the tables', done, total),
        });
        const told = (columns: readonly Finding[]) => columns.map(({ entry, why }) => ({ entry, why }));
        return {
          proposed: told(proposed),
          unresolved: told(unresolved),
          unopened: told([...untold, ...unopened]),
          skipped: [...skipped],
        };
      } finally {
        await client.end();
      }
    },

    async 'proof.run'({ environment, fingerprint }, { signal, progress }) {
      using workspace = await workspaces.open(environment);
      progress('reading the catalog', 0);
      const database = await workspace.database();
      const { keyRing } = await workspace.environment();
      using key = await keyRing.load(fingerprint);
      const client = await database.open('keel prove');
      try {
        const inventory = { version: 1 as const, columns: workspace.settings.inventory };
        const tables = resolveInventory(inventory, await readCatalog(client));
        const total = tables.reduce((sum, table) => sum + table.catalog.estimatedRows, 0);
        const proof = await proveKey(client, key, tables, {
          signal,
          ivProofs: await readIvProofs(workspace.folder),
          onRows: (done) => progress('opening every row', done, total >= done ? total : undefined),
        });
        const { keys } = await workspace.readRing();
        const active = keys.find(({ state }) => state === 'active');
        // what opens every row is the key that Ballast runs with, whatever the ring took for it before
        const { verdict } = withoutExcluded(proof, workspace.settings.excluded);
        const isTheKey = verdict === 'correct' || (!active && verdict === 'mixed');
        if (isTheKey) await keyRing.activate(fingerprint, { foundInUse: true });
        const values = proof.columns.reduce((sum, column) => sum + column.rows, 0);
        const opened = proof.columns.reduce((sum, column) => sum + column.proven + column.inconclusive, 0);
        if (isTheKey || !active || active.fingerprint === fingerprint) {
          const at = new Date().toISOString();
          await workspace.change({ proof: { at, fingerprint, verdict, opened, values, bits: proof.bits } });
        }
        await note({
          environment,
          action: 'key proven',
          detail: `${proof.verdict}: opens ${opened} of ${values} values, ${Math.round(proof.bits)} bits`,
          outcome: proof.verdict === 'wrong' ? 'failed' : 'done',
          fingerprint,
        });
        changed();
        const columns = proof.columns.map((column) =>
          column.hint === undefined ? column : { ...column, hint: inWindowWords(column.hint) },
        );
        return { ...proof, columns, fingerprint };
      } finally {
        await client.end();
      }
    },
  };
}
