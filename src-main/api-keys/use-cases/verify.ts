import type { ApiKeyVerification } from '#contract/api-keys';
import type { Secret } from '#crypto/secret';
import type { UseCaseContext } from '#workspace/use-case';
import type { Workspace } from '#workspace/workspace';
import { readKeyRows } from '#api-keys/key-rows';
import type { KeyTable } from '#api-keys/key-table';
import { verifyKey } from '#api-keys/verify';
import { atKeyTable, type TableChoice } from './at-key-table.ts';

export interface VerifyInput {
  readonly choice: TableChoice;
  /** The caller disposes it. */
  readonly key: Secret;
  /** See `VerifyOptions`. */
  readonly everything: boolean;
}

type VerifyStep = 'searching the tables' | 'reading the keys' | 'comparing with the hashes';

/** Tells which API key this is, and whether Ballast would take it. The database is only read. */
export async function verifyApiKey(
  workspace: Workspace,
  { choice, key, everything }: VerifyInput,
  { signal, onProgress, audit }: Pick<UseCaseContext<VerifyStep>, 'signal' | 'onProgress' | 'audit'>,
): Promise<ApiKeyVerification & { readonly table: KeyTable }> {
  onProgress({ step: 'reading the keys', done: 0 });
  const { table, rows } = await atKeyTable(
    workspace,
    choice,
    { signal, onProgress },
    async (client, opened) => ({
      table: opened,
      rows: await readKeyRows(client, opened, new Date()),
    }),
  );
  const onTried = (done: number, total: number) =>
    onProgress({ step: 'comparing with the hashes', done, total });
  const verification = await verifyKey(rows, key, { everything, signal, onTried });
  const { match, tried } = verification;
  await audit.after({
    environment: workspace.id,
    action: 'API key verified',
    detail: match ? `it is ${match.label}` : `it matches none of the ${tried} keys it was compared with`,
    outcome: match ? 'done' : 'failed',
  });
  return { ...verification, table };
}
