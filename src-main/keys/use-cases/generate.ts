import { chosenApplicationOf } from '#applications/applications';
import { type EncryptionKey, generateEncryptionKey } from '#crypto/encryption-key';
import { plannedKeys } from '#keyring/planned-keys';
import { newKeyOf } from '#keys/new-key';
import { activeKeyOf } from '#shared/active-key';
import type { UseCaseContext } from '#workspace/use-case';
import type { Workspace } from '#workspace/workspace';

/**
 * Makes a new key and holds it in the ring as the one to rotate to. One that waits there already is taken, rather than piling up
 * others. Throws what the store throws; nothing was made then.
 */
export async function generateKey(
  workspace: Workspace,
  { audit }: Pick<UseCaseContext, 'audit'>,
): Promise<{ readonly fingerprint: string; readonly made: boolean }> {
  const { to: waiting } = plannedKeys((await workspace.readRing()).keys);
  if (waiting) return { fingerprint: waiting.fingerprint, made: false };
  using key = await newKey(workspace);
  const { fingerprint } = key;
  const { keyRing } = await workspace.openKeys();
  await keyRing.hold(key, 'pending', 'generated');
  await audit.after({
    environment: workspace.id,
    action: 'key generated',
    detail: 'stored, read back and compared',
    outcome: 'done',
    fingerprint,
  });
  return { fingerprint, made: true };
}

/** One of Ballast's, or one that the environment's application reads as its active key. */
async function newKey({
  settings,
  readRing,
  openKeys,
}: Pick<Workspace, 'settings' | 'readRing' | 'openKeys'>): Promise<EncryptionKey> {
  if (settings?.application === undefined) return generateEncryptionKey();
  const application = chosenApplicationOf(settings.application);
  const active = activeKeyOf((await readRing()).keys);
  using like = active && (await (await openKeys()).keyRing.load(active.fingerprint));
  return await newKeyOf(application, like);
}
