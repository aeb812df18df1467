import type { StreamSeal } from '#crypto/age-stream';
import { counted } from '#shared/counted';
import { databaseNameOf } from '#workspace/database';
import type { UseCaseContext } from '#workspace/use-case';
import type { Workspace } from '#workspace/workspace';
import { type Exported, exportArchive } from '#credentials/archive/export-archive';
import { atCredentials, type CredentialsInput } from './at-credentials.ts';

export interface ExportInput extends CredentialsInput {
  /** A file that does not exist yet. */
  readonly path: string;
  readonly seal: StreamSeal;
  /** See `ExportRequest`. */
  readonly workFactor?: number | undefined;
}

/** Seals every credential that the key opens in a new file. The database is only read. Throws as `exportArchive` does. */
export async function exportCredentials(
  workspace: Workspace,
  { path, seal, workFactor, ...input }: ExportInput,
  context: Pick<UseCaseContext<'encrypting the credentials'>, 'signal' | 'onProgress' | 'audit'>,
): Promise<Exported> {
  const database = databaseNameOf(await workspace.database());
  return atCredentials(workspace, input, context, async ({ client, key, inventory }) => {
    const exported = await exportArchive(client, {
      inventory,
      key,
      path,
      seal,
      environment: workspace.name,
      database,
      ...(workFactor !== undefined && { workFactor }),
      signal: context.signal,
      onRows: (done, total) => context.onProgress({ step: 'encrypting the credentials', done, total }),
    });
    await context.audit.after({
      environment: workspace.id,
      action: 'credentials exported',
      detail: `${counted(exported.values, 'credential')} into ${path}`,
      outcome: 'done',
      fingerprint: key.fingerprint,
    });
    return exported;
  });
}
