import { readConnectionsReport } from '#connections/use-cases/last-report';
import { testConnections } from '#connections/use-cases/test';
import { loadActiveKey } from '#workspace/ring-keys';
import { confirmWith } from '#procedures/consent/confirm-with';
import type { Implementations } from '#procedures/implementations';
import type { Ports } from '#procedures/ports';
import { inventoryOf } from '#procedures/rotation/procedures';
import { workContext } from '#procedures/window-context';

export type CredentialTestPorts = Pick<Ports, 'workspaces' | 'note' | 'changed'>;

/** Whether the decrypted credentials of an environment work. They never leave the main process but to where they belong. */
export function connectionsProcedures({
  workspaces,
  note,
  changed,
}: CredentialTestPorts): Pick<Implementations, `connections.${'test' | 'last'}`> {
  /** Targets that the admin agreed to, by environment. Ballast encrypts where its servers are, so they are kept in memory only. */
  const confirmed = new Map<string, Set<string>>();
  return {
    async 'connections.test'({ environment, allowPrivate }, work) {
      using workspace = await workspaces.open(environment, work);
      const inventory = inventoryOf(workspace);
      using key = await loadActiveKey(workspace);
      const known = confirmed.get(environment) ?? new Set();
      confirmed.set(environment, known);
      const input = { key, inventory, allowPrivate, madeUp: workspace.practice, confirmed: known };
      const report = await testConnections(workspace, input, {
        ...workContext(note, work),
        confirm: confirmWith(work.consent, workspace),
      });
      changed();
      return report;
    },

    async 'connections.last'({ environment }) {
      using workspace = await workspaces.open(environment);
      const report = await readConnectionsReport(workspace.folder);
      return report ? { report } : {};
    },
  };
}
