import type { Audit } from '#audit/audit';
import type { EncryptedColumn, Inventory } from '#contract/inventory';
import type { EncryptionKey } from '#crypto/encryption-key';
import { type IvProof, rememberIvProofs } from '#environments/iv-proofs';
import {
  compareKnownValue,
  type KnownValue,
  type KnownValueOutcome,
  proveByKnownValue,
} from '#proof/known-value';
import { columnPath } from '#shared/column-path';
import type { UseCaseContext } from '#workspace/use-case';
import { loadActiveKey } from '#workspace/ring-keys';
import type { Workspace } from '#workspace/workspace';
import type { Client } from 'pg';

const inWords: Readonly<Record<KnownValueOutcome, string>> = {
  whole: 'the known value was found in full',
  'beginning-lost': 'the known value was found only from its 17th byte on',
  'not-found': 'the known value was not found',
};

/**
 * Compares a value that the admin knows with the decrypted ones of an entry, under the active key, and remembers what that shows of
 * the entry's IV. The caller wipes the value.
 */
export async function proveIv(
  workspace: Workspace,
  { entry, value }: { readonly entry: EncryptedColumn; readonly value: Uint8Array },
  { signal, audit }: Pick<UseCaseContext, 'signal' | 'audit'>,
): Promise<KnownValueOutcome> {
  using key = await loadActiveKey(workspace);
  const client = await (await workspace.database()).open('keel known value');
  const shows = await compareKnownValue(client, key, entry, value, signal).finally(() => client.end());
  if (shows !== 'not-found') {
    const at = new Date().toISOString();
    const proof = { entry, fingerprint: key.fingerprint, at, by: 'known-value' as const, shows };
    await rememberIvProofs(workspace.folder, [proof]);
  }
  await noteIvProof(workspace, { entry, fingerprint: key.fingerprint, shows }, audit);
  return shows;
}

/** The same before a longer deed: the entry is found by the name that the admin gave. Throws what `proveByKnownValue` throws. */
export async function proveIvFirst(
  workspace: Workspace,
  client: Client,
  given: { readonly key: EncryptionKey; readonly inventory: Inventory; readonly knownValue: KnownValue },
  { signal, audit }: Pick<UseCaseContext, 'signal' | 'audit'>,
): Promise<IvProof> {
  const proof = await proveByKnownValue(client, given.key, given.inventory, given.knownValue, signal);
  await rememberIvProofs(workspace.folder, [proof]);
  await noteIvProof(workspace, proof, audit);
  return proof;
}

async function noteIvProof(
  { id }: Workspace,
  {
    entry,
    fingerprint,
    shows,
  }: Pick<IvProof, 'entry' | 'fingerprint'> & { readonly shows: KnownValueOutcome },
  audit: Audit,
): Promise<void> {
  await audit.after({
    environment: id,
    action: 'known value compared',
    detail: `${columnPath(entry)}: ${inWords[shows]}`,
    outcome: shows === 'whole' ? 'done' : 'failed',
    fingerprint,
  });
}
