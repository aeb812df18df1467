import { readRootCertificate } from '#storage/root-certificate';
import { startConnectionTest } from '#connections/connection-test';
import type { ConnectionsReport } from '#contract/connections';
import { readCredentials } from '#credentials/read-credentials';
import { KeelError } from '#errors/keel-error';
import { loadActiveKey } from '#workspace/workspace';
import { keepConnectionsReport, readConnectionsReport } from './connections-record.ts';
import type { Implementations } from './implementations.ts';
import { noteEffect, type NoteActivity } from './note-activity.ts';
import type { Workspace, Workspaces } from './workspaces.ts';

export interface CredentialTestPorts {
  readonly workspaces: Workspaces;
  readonly note: NoteActivity;
  readonly changed: () => void;
}

/** Whether the decrypted credentials of an environment work. They never leave the main process but to where they belong. */
export function connectionsProcedures({
  workspaces,
  note,
  changed,
}: CredentialTestPorts): Pick<Implementations, `connections.${'test' | 'last'}`> {
  return {
    async 'connections.test'({ environment, allowPrivate }, { signal, progress }) {
      using workspace = await workspaces.open(environment);
      progress('reading the credentials', 0);
      const database = await workspace.database();
      using key = await loadActiveKey(workspace);
      const inventory = { version: 1 as const, columns: workspace.settings.inventory };
      const test = startConnectionTest({
        signal,
        allowPrivate,
        madeUp: workspace.practice,
        roots: await namedAuthority(workspace),
        onDone: (done) => progress('trying credentials', done),
      });
      const client = await database.open('keel connections');
      const { opened, unopened } = await readCredentials(
        client,
        key,
        inventory,
        async (credentials) => {
          for (const credential of credentials) await test.take(credential);
        },
        { signal },
      ).finally(() => client.end());
      if (opened === 0 && unopened > 0) throw opensNothing(unopened);
      const found = await test.finish();
      const at = new Date().toISOString();
      const { fingerprint } = key;
      const report: ConnectionsReport = { ...found, at, fingerprint, allowPrivate, unopened };
      await keepConnectionsReport(workspace.folder, report);
      const { works, refused, unreachable, certificate } = found.counts;
      await noteEffect(note, {
        environment,
        action: 'connections verified',
        detail: `${works} work, ${refused} refused, ${unreachable} unreachable, ${certificate} with certificate problems, ${found.counts['not-probed']} not probed`,
        outcome: refused === 0 ? 'done' : 'failed',
        fingerprint,
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

/** The authority that the admin named for this environment's own servers. */
async function namedAuthority({ settings }: Workspace): Promise<Buffer[]> {
  const path = settings.posture?.places.rootCertificate;
  return path === undefined ? [] : [await readRootCertificate(path)];
}

function opensNothing(values: number): KeelError {
  return new KeelError(
    'key-wrong',
    `the active key opens none of ${values} values, so nothing was tried`,
    'prove it against the database, and look for the encrypted columns again',
  );
}
