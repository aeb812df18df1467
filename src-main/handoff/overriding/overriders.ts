import type { HandoffTarget } from '#contract/handoff';
import type { EncryptionKey } from '#crypto/encryption-key';
import { overridersInCompose, overridersOfEnvFile } from './compose.ts';
import { overridersOfSecret } from './kustomize.ts';
import type { Overrider } from './setting-files.ts';
import { overridersOfUnit } from './units.ts';

/** A place that sets a variable for a program that reads several such files. */
export type SettingPlace = Extract<
  HandoffTarget,
  { kind: 'env-file' | 'compose-file' | 'systemd-unit' | 'kubernetes-secret' }
>;

export function setsVariable(target: HandoffTarget): target is SettingPlace {
  return ['env-file', 'compose-file', 'systemd-unit', 'kubernetes-secret'].includes(target.kind);
}

/**
 * Where the variable of a place is set once more, in a file that counts more for the program that reads both: `environment` over
 * `env_file` and a later `env_file` over an earlier one (compose-spec, "env_file"), a later file of a compose project over an earlier one, `EnvironmentFile=` over
 * `Environment=` and a later drop-in over an earlier file (systemd.exec(5), systemd.unit(5)); what takes it away, as `!reset` and `UnsetEnvironment=` do; patches and generators of kustomize over a manifest; and where a compose project takes the variable
 * from, if it does not read the place at all. Looks at files beside the place, at the compose project of the folder above, and at those that they name, and passes over what
 * cannot be read. A value is read as whoever reads `reader`, a key, reads it.
 */
export async function overridersOf(place: SettingPlace, reader: EncryptionKey): Promise<Overrider[]> {
  const { kind, path, variable } = place;
  const sought = { variable, reader };
  if (kind === 'env-file') return overridersOfEnvFile(path, sought);
  if (kind === 'compose-file') return overridersInCompose(path, sought);
  if (kind === 'kubernetes-secret') return overridersOfSecret(place, sought);
  return overridersOfUnit(path, sought);
}
