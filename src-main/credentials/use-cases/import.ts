import { KeelError } from '#errors/keel-error';
import type { Finding } from '#rewrite/finding';
import { openSession } from '#rewrite/session';
import { counted } from '#shared/counted';
import { databaseNameOf } from '#workspace/database';
import type { UseCaseContext } from '#workspace/use-case';
import type { Workspace } from '#workspace/workspace';
import { importArchive, type Imported, type ImportStep } from '#credentials/archive/import-archive';
import type { AcceptableImportStop } from '#credentials/archive/import-findings';
import type { ArchiveInput } from './verify.ts';

export interface ImportInput extends ArchiveInput {
  readonly accepted: readonly AcceptableImportStop[];
  readonly lockTimeoutMs: number;
  /** Everything is done and rolled back. */
  readonly rehearsal: boolean;
  /** Hears what preflight found, before it stops anything. */
  readonly onFindings: (findings: readonly Finding[]) => void;
}

/**
 * Writes an archive's credentials back into their rows, under the database's key: see `importArchive`. Whatever is thrown, nothing was
 * changed, but for `rotation-unsettled`.
 */
export async function importCredentials(
  workspace: Workspace,
  { rehearsal, ...input }: ImportInput,
  { signal, onProgress, confirm, audit }: UseCaseContext<ImportStep>,
): Promise<Imported> {
  const { path, key } = input;
  const database = await workspace.database();
  await using session = await openSession(database.open, 'usual');
  const request = {
    ...input,
    database: databaseNameOf(database),
    signal,
    onProgress: (step: ImportStep, done: number, total?: number) =>
      onProgress({ step, done, ...(total !== undefined && { total }) }),
  };
  const noted = { environment: workspace.id, fingerprint: key.fingerprint };
  const imported = await importArchive(
    session,
    request,
    rehearsal
      ? { rehearsal }
      : {
          rehearsal,
          confirm: ({ values, rows }) =>
            confirm({
              of: 'import-credentials',
              values,
              rows,
              archive: path,
              accepted: input.accepted,
            }),
        },
  ).catch(async (error: unknown) => {
    // all of it may have been written
    if (error instanceof KeelError && error.code === 'rotation-unsettled')
      await audit.after({
        ...noted,
        action: 'import of credentials not settled',
        detail: `from ${path}`,
        outcome: 'failed',
      });
    throw error;
  });
  await audit.after({
    ...noted,
    action: rehearsal ? 'import of credentials rehearsed' : 'credentials imported',
    detail: `${counted(imported.values, 'credential')} in ${counted(imported.rows, 'row')} from ${path}${rehearsal ? '; rolled back' : ''}`,
    outcome: 'done',
  });
  return imported;
}
