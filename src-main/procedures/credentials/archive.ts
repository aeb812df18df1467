import { differing } from '#credentials/archive/archive-differences';
import type { ArchiveHeader } from '#credentials/archive/archive-form';
import { summariseArchive } from '#credentials/archive/archive-reader';
import type { ArchiveComparison } from '#credentials/archive/compare-archive';
import { type AcceptableImportStop, acceptableImportStops } from '#credentials/archive/import-findings';
import { exportCredentials } from '#credentials/use-cases/export';
import { importCredentials } from '#credentials/use-cases/import';
import { verifyCredentials } from '#credentials/use-cases/verify';
import { Secret } from '#crypto/secret';
import { KeelError } from '#errors/keel-error';
import type { Finding } from '#rewrite/finding';
import { loadActiveKey } from '#workspace/ring-keys';
import { confirmWith } from '#procedures/consent/confirm-with';
import type { Implementations, Work } from '#procedures/implementations';
import type { Ports } from '#procedures/ports';
import { findingsForWindow } from '#procedures/rotation/plan';
import { inventoryOf, lockTimeoutMs } from '#procedures/rotation/procedures';
import { workContext } from '#procedures/window-context';

export interface CredentialArchivePorts
  extends Pick<Ports, 'workspaces' | 'note' | 'assertChosen' | 'forWriting'> {
  /** Base-2 logarithm of the scrypt cost; tests lower it. */
  readonly workFactor: number | undefined;
}

type Verbs = 'export' | 'readArchive' | 'verify' | 'import';

/** All credentials in a sealed file, and back. */
export function credentialArchiveProcedures({
  workspaces,
  note,
  assertChosen,
  forWriting,
  workFactor,
}: CredentialArchivePorts): Pick<Implementations, `credentials.${Verbs}`> {
  return {
    async 'credentials.export'({ environment, path, passphrase: typed }, work) {
      const written = forWriting(path, 'save-archive');
      using workspace = await workspaces.open(environment, work);
      const inventory = inventoryOf(workspace);
      using passphrase = new Secret(Buffer.from(typed, 'utf8'));
      using key = await loadActiveKey(workspace);
      const { values, rows, unopened } = await exportCredentials(
        workspace,
        { key, inventory, path, seal: { passphrase }, workFactor },
        workContext(note, work),
      );
      written();
      return { path, fingerprint: key.fingerprint, values, rows, unopened };
    },

    async 'credentials.readArchive'({ path, passphrase: typed }, { signal, progress }) {
      assertChosen(path, 'open-archive');
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

    async 'credentials.verify'({ environment, path, passphrase: typed }, work) {
      assertChosen(path, 'open-archive');
      using workspace = await workspaces.open(environment, work);
      const inventory = inventoryOf(workspace);
      using passphrase = new Secret(Buffer.from(typed, 'utf8'));
      using key = await loadActiveKey(workspace);
      const { header, unkeyed, ...compared } = await verifyCredentials(
        workspace,
        { key, inventory, path, opener: { passphrase } },
        workContext(note, work),
      );
      return { archive: headOf(header), unkeyed, ...comparisonForWindow(compared) };
    },

    async 'credentials.import'(input, work) {
      const { environment, path, passphrase: typed, rehearse } = input;
      assertChosen(path, 'open-archive');
      using workspace = await workspaces.open(environment, work);
      const accepted = input.accepted.map(acceptedStop);
      const inventory = inventoryOf(workspace);
      using passphrase = new Secret(Buffer.from(typed, 'utf8'));
      using key = await loadActiveKey(workspace);
      const progress: Work['progress'] = (step, done, total) => {
        if (step === 'committing' && !rehearse) work.pastCancelling();
        work.progress(step, done, total);
      };
      let findings: readonly Finding[] = [];
      const imported = await importCredentials(
        workspace,
        {
          key,
          inventory,
          path,
          opener: { passphrase },
          accepted,
          lockTimeoutMs,
          rehearsal: rehearse,
          onFindings: (found) => (findings = found),
        },
        {
          ...workContext(note, { signal: work.signal, progress }),
          confirm: confirmWith(work.consent, workspace),
        },
      );
      const { header, values, rows, remaining, rehearsal, lockMs, totalMs } = imported;
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
    'this risk cannot be accepted; nothing was changed',
    'follow its remedy instead',
  );
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
