import { differing } from '#credentials/archive-differences';
import type { ArchiveHeader } from '#credentials/archive-form';
import type { ArchiveComparison } from '#credentials/compare-archive';
import { summariseArchive } from '#credentials/archive-reader';
import { exportArchive } from '#credentials/export-archive';
import { importArchive } from '#credentials/import-archive';
import { type AcceptableImportStop, acceptableImportStops } from '#credentials/import-findings';
import { verifyArchive } from '#credentials/verify-archive';
import { Secret } from '#crypto/secret';
import { environmentNameOf } from '#environments/environment-name';
import { KeelError } from '#errors/keel-error';
import type { Finding } from '#rewrite/finding';
import { openSession } from '#rewrite/session';
import { loadActiveKey } from '#workspace/workspace';
import type { Implementations } from './implementations.ts';
import { noteEffect, type NoteActivity } from './note-activity.ts';
import { assertConfirmed, findingsForWindow } from './rotation-plan.ts';
import { inventoryOf, lockTimeoutMs } from './rotation.ts';
import type { Workspace, Workspaces } from './workspaces.ts';

export interface CredentialArchivePorts {
  readonly workspaces: Workspaces;
  readonly note: NoteActivity;
  /** Throws `file-not-chosen` for a path that no native dialog named. */
  readonly assertChosen: (path: string) => void;
  /** Base-2 logarithm of the scrypt cost; tests lower it. */
  readonly workFactor: number | undefined;
}

type Verbs = 'export' | 'readArchive' | 'verify' | 'import';

/** All credentials in a sealed file, and back. */
export function credentialArchiveProcedures({
  workspaces,
  note,
  assertChosen,
  workFactor,
}: CredentialArchivePorts): Pick<Implementations, `credentials.${Verbs}`> {
  return {
    async 'credentials.export'({ environment, path, passphrase: typed }, { signal, progress }) {
      assertChosen(path);
      using workspace = await workspaces.open(environment);
      const inventory = inventoryOf(workspace);
      using passphrase = new Secret(Buffer.from(typed, 'utf8'));
      const database = await workspace.database();
      using key = await loadActiveKey(workspace);
      const client = await database.open('keel credentials export');
      try {
        const { values, rows, unopened } = await exportArchive(client, {
          inventory,
          key,
          path,
          seal: { passphrase },
          environment: workspace.settings.name,
          database: databaseNameOf(workspace),
          ...(workFactor !== undefined && { workFactor }),
          signal,
          onRows: (done, total) => progress('sealing the credentials', done, total),
        });
        const { fingerprint } = key;
        await noteEffect(note, {
          environment,
          action: 'credentials exported',
          detail: `${values} into ${path}`,
          outcome: 'done',
          fingerprint,
        });
        return { path, fingerprint, values, rows, unopened };
      } finally {
        await client.end();
      }
    },

    async 'credentials.readArchive'({ path, passphrase: typed }, { signal, progress }) {
      assertChosen(path);
      using passphrase = new Secret(Buffer.from(typed, 'utf8'));
      progress('reading the archive', 0);
      const { header, trailer, counts } = await summariseArchive(
        path,
        { passphrase },
        {
          signal,
          onValues: (done) => progress('reading the archive', done),
        },
      );
      const { values, rows, unopened } = trailer;
      const columns = header.tables.flatMap((table, i) =>
        table.columns.map((entry, j) => ({
          entry,
          credentials: counts[i]?.[j] ?? 0,
          hasKey: table.key.length > 0,
        })),
      );
      return { archive: headOf(header), values, rows, unopened, columns };
    },

    async 'credentials.verify'({ environment, path, passphrase: typed }, { signal, progress }) {
      assertChosen(path);
      using workspace = await workspaces.open(environment);
      const inventory = inventoryOf(workspace);
      using passphrase = new Secret(Buffer.from(typed, 'utf8'));
      const database = await workspace.database();
      using key = await loadActiveKey(workspace);
      const client = await database.open('keel credentials verify');
      try {
        progress('reading the archive', 0);
        const { header, unkeyed, ...compared } = await verifyArchive(client, {
          path,
          opener: { passphrase },
          key,
          inventory,
          signal,
          onProgress: progress,
        });
        return { archive: headOf(header), unkeyed, ...comparisonForWindow(compared) };
      } finally {
        await client.end();
      }
    },

    async 'credentials.import'(input, work) {
      const { environment, path, passphrase: typed, rehearse, confirmation } = input;
      assertChosen(path);
      using workspace = await workspaces.open(environment);
      if (!rehearse) assertConfirmed(workspace, confirmation);
      const accepted = input.accepted.map(acceptedStop);
      const inventory = inventoryOf(workspace);
      using passphrase = new Secret(Buffer.from(typed, 'utf8'));
      const database = await workspace.database();
      using key = await loadActiveKey(workspace);
      await using session = await openSession(database.open);
      let findings: readonly Finding[] = [];
      const imported = await importArchive(
        session,
        {
          path,
          opener: { passphrase },
          key,
          inventory,
          database: databaseNameOf(workspace),
          accepted,
          lockTimeoutMs,
          signal: work.signal,
          onFindings: (found) => (findings = found),
          onProgress(step, done, total) {
            if (step === 'committing' && !rehearse) work.pastCancelling();
            work.progress(step, done, total);
          },
        },
        // the name was typed before anything began
        rehearse ? { rehearsal: true } : { rehearsal: false, confirm: async () => undefined },
      );
      const { header, values, rows, remaining, rehearsal, lockMs, totalMs } = imported;
      await noteEffect(note, {
        environment,
        action: rehearsal ? 'import of credentials rehearsed' : 'credentials imported',
        detail: `${values} in ${rows} rows from ${path}${rehearsal ? '; rolled back' : ''}`,
        outcome: 'done',
        fingerprint: key.fingerprint,
      });
      return {
        archive: headOf(header),
        ...comparisonForWindow(imported),
        findings: findingsForWindow(findings),
        rehearsal,
        values,
        rows,
        remaining,
        lockMs,
        totalMs,
      };
    },
  };
}

function acceptedStop(code: string): AcceptableImportStop {
  const known = acceptableImportStops.find((stop) => stop === code);
  if (known) return known;
  throw new KeelError(
    'usage',
    'this stop cannot be taken on; nothing was changed',
    'follow its remedy instead',
  );
}

function databaseNameOf({ settings: { address } }: Workspace): string {
  return environmentNameOf(address.host, address.port, address.database);
}

function headOf({ environment, database, fingerprint, createdAt }: ArchiveHeader) {
  return { environment, database, fingerprint, createdAt };
}

function comparisonForWindow({ columns, differences, obstacles }: ArchiveComparison) {
  return {
    columns: columns.map((column) => ({ ...column })),
    differences: [...differences],
    obstacles: [...obstacles],
    differing: differing(columns),
  };
}
