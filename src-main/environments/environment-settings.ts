import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { apiKeyTable } from '#contract/api-keys';
import { databaseAddress, environmentColour, keyPlace, transport } from '#contract/environments';
import { rememberedTarget } from '#contract/handoff';
import { encryptedColumn } from '#contract/inventory';
import { postureAnswer, posturePlaces } from '#contract/posture';
import { rotationResult } from '#contract/rotation';
import { fingerprint, time, verdict } from '#contract/shapes';
import { KeelError } from '#errors/keel-error';
import { writeDurably } from './durable-file.ts';
import { withFolderLock } from './folder-lock.ts';

/** What Keel keeps of an environment beside its key ring and rotation records. No secret. */
const environmentSettings = z.strictObject({
  version: z.literal(1),
  name: z.string(),
  colour: environmentColour,
  production: z.boolean(),
  addedAt: time,
  address: databaseAddress,
  keyPlace,
  /** The server asked for a password, so one has to be typed or found in the keychain. */
  hasPassword: z.boolean(),
  rememberPassword: z.boolean(),
  inventory: z.array(encryptedColumn),
  excluded: z.array(z.string()),
  /** Of the last proof of the active key. */
  proof: z
    .strictObject({
      at: time,
      fingerprint,
      verdict,
      opened: z.number().int(),
      values: z.number().int(),
      bits: z.number(),
    })
    .optional(),
  transport: transport.optional(),
  /** Where the posture check looks, and what the admin answered. */
  posture: z.strictObject({ places: posturePlaces, answers: z.array(postureAnswer) }).optional(),
  /** Where Ballast reads its key, as far as it was named. */
  targets: z.array(rememberedTarget).default([]),
  lastResult: rotationResult.optional(),
  /** Where Ballast keeps its API keys, once that was chosen. */
  apiKeyTable: apiKeyTable.optional(),
  /** The rotation whose new key Ballast was given. */
  handedOff: z.uuid().optional(),
});
export type EnvironmentSettings = z.infer<typeof environmentSettings>;

const fileName = 'environment.json';

/** Reads an environment's settings; undefined where the folder has none. Throws `state-damaged`. */
export async function readEnvironmentSettings(folder: string): Promise<EnvironmentSettings | undefined> {
  const path = join(folder, fileName);
  try {
    return environmentSettings.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new KeelError(
      'state-damaged',
      `the environment’s settings ${path} cannot be read; they were left as they are`,
      'restore the file from a backup, or move it aside and connect the database again: the keys are not in it',
      { cause: error },
    );
  }
}

/** The files of the hand-off in which a key stands in clear. */
export function handoffFiles({ targets }: EnvironmentSettings): string[] {
  return targets.flatMap(({ target }) =>
    'path' in target && target.kind !== 'vault' && target.kind !== 'systemd-credential' ? [target.path] : [],
  );
}

/** Durable when it returns. */
export async function writeEnvironmentSettings(folder: string, settings: EnvironmentSettings): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeDurably(join(folder, fileName), `${JSON.stringify(settings, null, 2)}\n`);
}

/** What changes of the settings, or how that follows from what stands there. */
export type SettingsPatch =
  | Partial<EnvironmentSettings>
  | ((now: EnvironmentSettings) => Partial<EnvironmentSettings>);

/**
 * Changes settings on top of what stands there by now, while no other Keel can; durable when it returns. Throws
 * `environment-missing` where they were removed.
 */
export async function changeEnvironmentSettings(folder: string, patch: SettingsPatch): Promise<void> {
  const missing = () =>
    new KeelError(
      'environment-missing',
      'this environment is not known any more; nothing was done',
      'connect its database again',
    );
  // a lock would make no file in a folder that is gone, and say something else of it
  if (!(await readEnvironmentSettings(folder))) throw missing();
  await withFolderLock(folder, 'environment', async () => {
    const now = await readEnvironmentSettings(folder);
    if (!now) throw missing();
    await writeEnvironmentSettings(folder, { ...now, ...(typeof patch === 'function' ? patch(now) : patch) });
  });
}

/** Forgets an environment's settings. Its key ring and records stay. */
export async function removeEnvironmentSettings(folder: string): Promise<void> {
  await rm(join(folder, fileName), { force: true });
}

/** The folders under `home` that belong to an environment, each named by its id. */
export async function listEnvironmentFolders(home: string): Promise<string[]> {
  const parent = join(home, 'environments');
  const entries = await readdir(parent, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(parent, name));
}
