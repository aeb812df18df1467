import { readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { type Settings, settings } from '#contract/app';
import { cannotWrite, writeDurably } from './durable-file.ts';
import { withFolderLock } from './folder-lock.ts';
import { madeFolder } from './keel-home.ts';

export const defaultSettings: Settings = {
  theme: 'system',
  idleMinutes: 5,
  clipboardSeconds: 30,
  notifyWhenDone: true,
  drillEveryDays: 90,
};

export interface ReadSettings {
  readonly settings: Settings;
  /** Where a damaged file was put aside; the settings are the defaults then. */
  readonly setAside?: string;
}

/**
 * The settings in `settings.json` of Keel's folder; the defaults where there is none, and where it is damaged: that file is
 * kept as `settings.json.damaged`, and said. A setting that a newer or older Keel left out has its default.
 */
export async function readAppSettings(home: string): Promise<ReadSettings> {
  const path = join(home, 'settings.json');
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { settings: defaultSettings };
    return { settings: defaultSettings, setAside: path };
  }
  const parsed = settings.partial().safeParse(parseJson(text));
  if (parsed.success) return { settings: settings.parse({ ...defaultSettings, ...parsed.data }) };
  const setAside = `${path}.damaged`;
  await rename(path, setAside).catch((error: unknown) => {
    throw cannotWrite(setAside, error);
  });
  return { settings: defaultSettings, setAside };
}

/** Changes some settings and returns all of them when they are durable. Throws `file-unwritable`. */
export async function changeAppSettings(home: string, change: Partial<Settings>): Promise<Settings> {
  await madeFolder(home);
  return withFolderLock(home, 'settings', async () => {
    const before = await readAppSettings(home);
    const after = settings.parse({ ...before.settings, ...change });
    await writeDurably(join(home, 'settings.json'), `${JSON.stringify(after, null, 2)}\n`);
    return after;
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
