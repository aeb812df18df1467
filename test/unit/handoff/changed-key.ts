import { randomUUID } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HandoffTarget, RememberedTarget } from '#contract/handoff';
import { readEnvironmentSettings } from '#environments/environment-settings';
import { openKeyRing } from '#keyring/key-ring';
import { newRecord, RotationRecords } from '#records/rotation-record';
import { addedEnvironment } from '#test/support/added-environment';
import { memoryStore } from '#test/support/memory-store';
import { test as withFolder } from '#test/support/temp-folder';
import { isKnown, type KnownWorkspace, openWorkspace } from '#workspace/workspace';
import { newKey, oldKey } from './keys.ts';
import { byCommit } from '#test/support/activations';

/** Fingerprints of the key that was given, and of the one before. */
export const [given, before] = [newKey.fingerprint, oldKey.fingerprint];
/** The rotation that changed it. */
export const rotation = randomUUID();

/** An environment whose key was just changed, with files that Ballast may read it from. */
export async function changedKey(folder: string, targets: readonly RememberedTarget[] = []) {
  const home = join(folder, 'environment');
  await mkdir(home);
  const ring = openKeyRing(home, memoryStore());
  await ring.hold(oldKey, 'active');
  await ring.hold(newKey, 'pending');
  await ring.activate(given, byCommit(before));
  const record = newRecord({
    id: rotation,
    purpose: 'rotate',
    from: before,
    to: given,
    inventory: { version: 1, columns: [] },
    excluded: [],
  });
  const history = [{ state: 'committed' as const, at: new Date().toISOString() }];
  await new RotationRecords(home).write({ ...record, state: 'committed', history });
  const workspace = await addedEnvironment(home, ring, { targets: [...targets] });
  const settings = () => readEnvironmentSettings(home);
  return { workspace, settings, ring, home };
}

/** The workspace as it is opened the next time. */
export async function again(workspace: KnownWorkspace): Promise<KnownWorkspace> {
  const settings = await readEnvironmentSettings(workspace.folder);
  const opened = openWorkspace(workspace.folder, settings, {
    database: () => workspace.database(),
    openKeys: () => workspace.openKeys(),
  });
  if (!isKnown(opened)) throw new Error('the environment is gone');
  return opened;
}

/** `file` writes a file of settings beside the environment. */
export const test = withFolder.extend<{ file: (text: string, name?: string) => Promise<HandoffTarget> }>({
  file: async ({ folder }, use) => {
    await use(async (text, name = '.env') => {
      const path = join(folder, name);
      await writeFile(path, text);
      return { kind: 'env-file', path, variable: 'ENCRYPTION_KEY' };
    });
  },
});
export const pathOf = (target: HandoffTarget) => ('path' in target ? target.path : '');
export const textOf = (target: HandoffTarget) => readFile(pathOf(target), 'utf8');
