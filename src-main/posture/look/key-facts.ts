import { activeKeyOf } from '#shared/active-key';
import { basename } from 'node:path';
import { readAppSettings } from '#environments/app-settings';
import { listEnvironmentFolders, readEnvironmentSettings } from '#environments/environment-settings';
import { readKeyRing } from '#keyring/key-ring-file';
import type { KeyFacts } from '#posture/facts';

/** What the key rings under `home` tell of the keys of the environment in `folder`. Reads no key. */
export async function readKeyFacts(home: string, folder: string): Promise<KeyFacts> {
  const { keys } = await readKeyRing(folder);
  const mineSettings = await readEnvironmentSettings(folder);
  // a retired key protects nothing but dumps: what it shares is the past
  const mine = new Set(keys.filter(isInUse).map((key) => key.fingerprint));
  const others: string[] = [];
  const sharedWith: string[] = [];
  for (const other of await listEnvironmentFolders(home)) {
    if (other === folder) continue;
    // a damaged neighbour is told of where it is shown itself
    const ring = await readKeyRing(other).catch(() => undefined);
    if (!ring || ring.keys.length === 0) continue;
    const settings = await readEnvironmentSettings(other).catch(() => undefined);
    const name = settings?.name ?? basename(other);
    others.push(name);
    if (ring.keys.some((key) => isInUse(key) && mine.has(key.fingerprint))) sharedWith.push(name);
  }
  const active = activeKeyOf(keys);
  const provenAt = active?.proofs
    .map((proof) => proof.provenAt)
    .sort()
    .at(-1);
  return {
    ...(active && {
      active: {
        fingerprint: active.fingerprint,
        since: active.activatedAt ?? active.createdAt,
        adopted: active.origin !== 'generated',
        ...(provenAt && { provenAt }),
        proofs: active.proofs.length,
      },
    }),
    drillEveryDays: (await readAppSettings(home)).settings.drillEveryDays,
    others,
    sharedWith,
    known: keys.map(({ fingerprint }) => fingerprint),
    ...(mineSettings?.application && { areTexts: true }),
  };
}

function isInUse({ state }: { readonly state: string }): boolean {
  return state === 'active' || state === 'pending';
}
