import type { KnownKey } from '#contract/backup';
import { expectedFailure } from '#errors/expected-failure';
import type { Workspaces } from '#procedures/workspaces';

/** Whose key has this fingerprint, if one of the key ring knows it: the environment at hand first, where there is one. */
export async function whoseKey(
  workspaces: Workspaces,
  fingerprint: string,
  here?: string,
): Promise<KnownKey | undefined> {
  const { workspaces: all } = await workspaces.list();
  const found: (KnownKey & { readonly here: boolean })[] = [];
  for (const workspace of all) {
    using open = workspace;
    // Home reports a damaged ring; it must not spoil a drill of another environment
    const ring = await open.readRing().catch((error: unknown) => void expectedFailure(error));
    const key = ring?.keys.find((entry) => entry.fingerprint === fingerprint);
    if (!key) continue;
    const since = key.destroyedAt ?? key.retiredAt ?? key.activatedAt ?? key.createdAt;
    found.push({ environment: open.settings.name, state: key.state, since, here: open.id === here });
  }
  const [first] = found.sort((a, b) => Number(b.here) - Number(a.here));
  if (!first) return undefined;
  const { here: _, ...known } = first;
  return known;
}
