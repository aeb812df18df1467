import { chosenApplicationOf } from '#applications/applications';
import { activeKeyOf } from '#shared/active-key';
import type { KnownEnvironment } from '#environments/known-environments';
import { readKeyRing } from '#keyring/key-ring-file';

/** An environment in short. */
export async function environmentJson({ id, folder, settings }: KnownEnvironment) {
  const { name, production, address, keyPlace, rememberPassword, inventory, application } = settings;
  const { keys } = await readKeyRing(folder);
  const active = activeKeyOf(keys);
  const { user, host, port, database } = address;
  return {
    id,
    name,
    production,
    label: `${user}@${host.includes(':') ? `[${host}]` : host}:${port}/${database}`,
    ...(application !== undefined && { application: chosenApplicationOf(application).id }),
    keyPlace,
    rememberPassword,
    activeKey: active?.fingerprint ?? null,
    keys: keys.length,
    columns: inventory.length,
  };
}
