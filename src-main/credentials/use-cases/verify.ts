import type { Inventory } from '#contract/inventory';
import type { StreamOpener } from '#crypto/age-stream';
import type { EncryptionKey } from '#crypto/encryption-key';
import { counted, formatCount } from '#shared/counted';
import { withClient } from '#workspace/database';
import type { UseCaseContext } from '#workspace/use-case';
import type { Workspace } from '#workspace/workspace';
import { differing } from '#credentials/archive/archive-differences';
import { type ArchiveStep, type VerifiedArchive, verifyArchive } from '#credentials/archive/verify-archive';

/** An archive, what opens it, and whose database it is held against. */
export interface ArchiveInput {
  readonly path: string;
  readonly opener: StreamOpener;
  /** That the database is under. The caller disposes it. */
  readonly key: EncryptionKey;
  /** Its layouts count where it is given, else the archive's. */
  readonly inventory?: Inventory | undefined;
}

export interface Verification extends VerifiedArchive {
  /** Values that are not the same here and there. */
  readonly differing: number;
  /** The database holds what the archive holds, and all of it could be compared. */
  readonly same: boolean;
}

/** Compares an archive with the database, row by row. The database is only read. Throws as `verifyArchive` does. */
export async function verifyCredentials(
  workspace: Workspace,
  { path, opener, key, inventory }: ArchiveInput,
  { signal, onProgress, audit }: Pick<UseCaseContext<ArchiveStep>, 'signal' | 'onProgress' | 'audit'>,
): Promise<Verification> {
  onProgress({ step: 'reading the archive', done: 0 });
  const verified = await withClient(await workspace.database(), 'keel credentials', (client) =>
    verifyArchive(client, {
      path,
      opener,
      key,
      inventory,
      signal,
      onProgress: (step, done, total) => onProgress({ step, done, ...(total !== undefined && { total }) }),
    }),
  );
  const other = differing(verified.columns);
  const same = other === 0 && verified.unkeyed === 0;
  const equal = verified.columns.reduce((sum, column) => sum + column.equal, 0);
  await audit.after({
    environment: workspace.id,
    action: 'archive of credentials verified',
    detail: `${path}: ${counted(equal, 'value')} equal, ${counted(other, 'value')} not, ${formatCount(verified.unkeyed)} without a key to compare them by`,
    outcome: same ? 'done' : 'failed',
    fingerprint: key.fingerprint,
  });
  return { ...verified, differing: other, same };
}
