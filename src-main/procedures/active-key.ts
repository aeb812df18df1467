import { activeKeyOf } from '#shared/active-key';
import type { EncryptionKey } from '#crypto/encryption-key';
import { KeelError } from '#errors/keel-error';
import type { Workspace } from './workspaces.ts';

/** The key that Ballast runs with. The caller disposes it. Throws `key-unproven` where none is known yet. */
export async function loadActiveKey(workspace: Workspace): Promise<EncryptionKey> {
  const active = activeKeyOf((await workspace.readRing()).keys);
  if (active) return (await workspace.environment()).keyRing.load(active.fingerprint);
  throw new KeelError(
    'key-unproven',
    'no key of this environment has been proven yet; nothing was done',
    'prove the key first',
  );
}
