import { text } from '#errors/text';
import { formsOfChosen } from '#applications/applications';
import { discoverColumns } from '#discovery/discovery';
import type { Finding } from '#discovery/finding';
import { prove } from '#proof/use-cases/prove';
import { loadKey } from '#workspace/ring-keys';
import type { Implementations } from '#procedures/implementations';
import { inWindowWords } from '#procedures/act-text';
import { confirmWith } from '#procedures/consent/confirm-with';
import { reviewInventory } from '#workspace/use-cases/change-environment';
import type { Ports } from '#procedures/ports';
import { windowAudit, windowContext } from '#procedures/window-context';

export type InventoryPorts = Pick<Ports, 'workspaces' | 'note' | 'changed'>;

type Names = `inventory.${'read' | 'write' | 'discover'}` | 'proof.run';

/** Which columns are encrypted, and whether a key opens them. The database is only read. */
export function inventoryProcedures({
  workspaces,
  note,
  changed,
}: InventoryPorts): Pick<Implementations, Names> {
  const audit = windowAudit(note);
  return {
    async 'inventory.read'({ environment }) {
      using workspace = await workspaces.open(environment);
      const { inventory, excluded } = workspace.settings;
      return { columns: inventory, excluded };
    },

    async 'inventory.write'({ environment, columns, excluded }) {
      using workspace = await workspaces.open(environment);
      await reviewInventory(workspace, { columns, excluded }, audit);
      changed();
      return {};
    },

    async 'inventory.discover'({ environment, fingerprint }, { signal, progress }) {
      using workspace = await workspaces.open(environment, { signal });
      progress('reading the catalog', 0);
      const database = await workspace.database();
      using key = fingerprint === undefined ? undefined : await loadKey(workspace, fingerprint);
      await using client = await database.open('keel discover');
      const { proposed, unresolved, inconclusive, unopened, skipped } = await discoverColumns(client, {
        ...(key && { key }),
        forms: formsOfChosen(workspace.settings.application),
        signal,
        onTable: (done, total) => progress('scanning the tables', done, total),
      });
      const forWindow = (columns: readonly Finding[]) => columns.map(({ entry, why }) => ({ entry, why }));
      return {
        ...(fingerprint !== undefined && { fingerprint }),
        proposed: forWindow(proposed),
        unresolved: forWindow(unresolved),
        unopened: forWindow([...inconclusive, ...unopened]),
        skipped: [...skipped],
      };
    },

    async 'proof.run'({ environment, fingerprint }, { signal, progress, consent }) {
      using workspace = await workspaces.open(environment, { signal });
      using key = await loadKey(workspace, fingerprint);
      try {
        const { found, stillActive } = await prove(
          workspace,
          {
            key,
            inventory: { version: 1, columns: workspace.settings.inventory },
            excluded: workspace.settings.excluded,
          },
          windowContext({
            audit,
            signal,
            onProgress: ({ step, done, total }) => progress(stepWords[step], done, total),
            confirm: confirmWith(consent, workspace),
          }),
        );
        const columns = found.columns.map(({ hint, ...column }) => ({
          ...column,
          ...(hint && { hint: inWindowWords(text`${hint.seen}${hint.correct ?? ''}`) }),
        }));
        const { verdict, bits, within } = found;
        const copied = within && { ...within, nested: [...within.nested] };
        return {
          verdict,
          bits,
          columns,
          ...(copied && { within: copied }),
          fingerprint,
          ...(stillActive !== undefined && { stillActive }),
        };
      } finally {
        changed();
      }
    },
  };
}

const stepWords = {
  catalog: 'reading the catalog',
  prove: 'decrypting every row',
  compare: 'comparing with the active key',
} as const;
