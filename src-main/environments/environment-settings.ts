import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { apiKeyTable } from '#contract/api-keys';
import { chosenApplication } from '#contract/application';
import { databaseAddress, environmentColour, transport } from '#contract/environments';
import { keyPlace } from '#contract/key-record';
import { rememberedTarget } from '#contract/handoff';
import { encryptedColumn } from '#contract/inventory';
import { postureAnswer, posturePlaces, postureWaiver } from '#contract/posture';
import { rotationResult } from '#contract/rotation';
import { fingerprint, time, verdict } from '#contract/shapes';
import { KeelError } from '#errors/keel-error';
import { changeState, locked, readState, removeState } from '#storage/state-file';
import { stateKind } from '#storage/state-kind';

/** What Keel keeps of an environment beside its key ring and rotation records. No secret. */
const environmentSettings = z.strictObject({
  name: z.string(),
  colour: environmentColour,
  production: z.boolean(),
  addedAt: time,
  address: databaseAddress,
  keyPlace,
  /** The server asked for a password, so one has to be typed or found in the keychain. */
  hasPassword: z.boolean(),
  rememberPassword: z.boolean(),
  /** Whose database it is, where that is not Ballast. */
  application: chosenApplication.optional(),
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
  /** Where the posture check looks, what the admin answered, and which findings are accepted for now. */
  posture: z
    .strictObject({
      places: posturePlaces,
      answers: z.array(postureAnswer),
      waivers: z.array(postureWaiver).exactOptional(),
    })
    .optional(),
  /** Where Ballast reads its key, as far as it was named. */
  targets: z.array(rememberedTarget).default([]),
  lastResult: rotationResult.optional(),
  /** Where Ballast keeps its API keys, once that was chosen. */
  apiKeyTable: apiKeyTable.optional(),
  /** The rotation whose new key Ballast was given. */
  handedOff: z.uuid().optional(),
});
export type EnvironmentSettings = z.infer<typeof environmentSettings>;

export const environmentKind = stateKind({
  file: 'environments/*/environment.json',
  what: 'the environment’s settings',
  version: 1,
  schema: environmentSettings,
  remedy:
    'restore the file from a backup, or move it aside and connect the database again: the keys are not in it',
});

/** Reads an environment's settings; undefined where the folder has none. Throws `state-damaged`, `state-newer`. */
export function readEnvironmentSettings(folder: string): Promise<EnvironmentSettings | undefined> {
  return readState(environmentKind, pathIn(folder));
}

/** The files of the hand-off in which a key is in clear. */
export function handoffFiles({ targets }: EnvironmentSettings): string[] {
  return targets.flatMap(({ target }) =>
    'path' in target && !['vault', 'systemd-credential', 'sops-file'].includes(target.kind)
      ? [target.path]
      : [],
  );
}

/** Keeps the settings of an environment that is new; durable when it returns. Throws `environment-exists` where there are some by now. */
export async function addEnvironmentSettings(folder: string, settings: EnvironmentSettings): Promise<void> {
  await changeState(environmentKind, pathIn(folder), (now) => {
    if (!now) return settings;
    throw new KeelError(
      'environment-exists',
      `this database is already connected, as ${now.name}; nothing was changed`,
      'use that environment, or connect another database',
    );
  });
}

/** Settings that change; a function where they follow from those that are there by then, like an entry more of a list. */
export type SettingsChange =
  | Partial<EnvironmentSettings>
  | ((now: EnvironmentSettings) => Partial<EnvironmentSettings>);

/**
 * Changes settings on top of what is there by now, while no other Keel can; durable when it returns. Throws
 * `environment-missing` where they were removed.
 */
export async function changeEnvironmentSettings(folder: string, change: SettingsChange): Promise<void> {
  const missing = () =>
    new KeelError(
      'environment-missing',
      'this environment no longer exists; nothing was done',
      'connect its database again',
    );
  // a change of a folder that is gone would create it again
  if (!(await readEnvironmentSettings(folder))) throw missing();
  await changeState(environmentKind, pathIn(folder), (now) => {
    if (!now) throw missing();
    return { ...now, ...(typeof change === 'function' ? change(now) : change) };
  });
}

/** Forgets an environment's settings. Its key ring and records stay. Throws `state-damaged`, `state-newer`. */
export async function removeEnvironmentSettings(folder: string): Promise<void> {
  if (!(await readEnvironmentSettings(folder))) return;
  await locked(pathIn(folder), () => removeState(environmentKind, pathIn(folder)));
}

/** The folders under `home` that belong to an environment, each named by its id. Throws `state-damaged`. */
export async function listEnvironmentFolders(home: string): Promise<string[]> {
  const parent = join(home, 'environments');
  const entries = await readdir(parent, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    // a folder that cannot be looked into is not one without environments
    if (error.code === 'ENOENT') return [];
    throw new KeelError(
      'state-damaged',
      `the environments folder ${parent} cannot be read (${error.code}); nothing was changed`,
      'check its permissions, and that it is a folder',
      { cause: error },
    );
  });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(parent, name));
}

function pathIn(folder: string): string {
  return join(folder, 'environment.json');
}
