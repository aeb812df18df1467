import { join } from 'node:path';
import type { z } from 'zod';
import { type Settings, settings } from '#contract/app';
import { expectedFailure } from '#errors/expected-failure';
import { KeelError } from '#errors/keel-error';
import { changeState, readState } from '#storage/state-file';
import { stateKind } from '#storage/state-kind';

export const defaultSettings: Settings = {
  theme: 'system',
  idleMinutes: 5,
  clipboardSeconds: 30,
  notifyWhenDone: true,
  drillEveryDays: 90,
};

const someSettings = settings.partial();

export const settingsKind = stateKind({
  file: 'settings.json',
  what: 'the app’s settings',
  version: 1,
  schema: someSettings,
  remedy: 'restore its last good copy; the next change of a setting keeps this file next to a new one',
  firstHadNoVersion: true,
  replaceable: true,
});

export interface ReadSettings {
  readonly settings: Settings;
  /** Why the settings are the defaults: the file is damaged, or a newer Keel's. It was left as it is. */
  readonly unread?: KeelError;
}

/**
 * The settings in `settings.json` of Keel's folder; the defaults where there is none, and where it cannot be read, which
 * is said. A setting that a newer or older Keel left out has its default.
 */
export async function readAppSettings(home: string): Promise<ReadSettings> {
  try {
    return { settings: complete(await readState(settingsKind, pathIn(home))) };
  } catch (error) {
    return { settings: defaultSettings, unread: expectedFailure(error) };
  }
}

/**
 * Changes some settings and returns all of them when they are durable. A damaged file is kept beside the new one, as
 * `settings.json.damaged`. Throws `file-unwritable`, and `state-newer` for a newer Keel's file, which stays.
 */
export async function changeAppSettings(home: string, change: Partial<Settings>): Promise<Settings> {
  const after = await changeState(settingsKind, pathIn(home), (now) =>
    settings.parse({ ...complete(now), ...change }),
  );
  return complete(after);
}

function complete(read: z.infer<typeof someSettings> | undefined): Settings {
  return settings.parse({ ...defaultSettings, ...read });
}

function pathIn(home: string): string {
  return join(home, 'settings.json');
}
