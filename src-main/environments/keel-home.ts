import { homedir } from 'node:os';
import { join, posix, win32 } from 'node:path';
import { madeFolder } from '#storage/made-folder';
import { folderNameOf } from './environment-name.ts';

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** The account's home folder. */
  readonly home: string;
}

/**
 * The absolute path of the folder where Keel keeps its state: KEEL_HOME, or the platform's place for application data
 * (Linux: XDG Base Directory Specification). Creates nothing.
 */
export function keelHome({ env, platform, home }: Surroundings = surroundings()): string {
  const path = platform === 'win32' ? win32 : posix;
  if (env['KEEL_HOME']) return path.resolve(env['KEEL_HOME']);
  if (platform === 'win32') return path.join(env['APPDATA'] || path.join(home, 'AppData', 'Roaming'), 'Keel');
  if (platform === 'darwin') return path.join(home, 'Library', 'Application Support', 'Keel');
  // the specification says to ignore a relative path
  const data = env['XDG_DATA_HOME'];
  return path.join(data && path.isAbsolute(data) ? data : path.join(home, '.local', 'share'), 'keel');
}

/**
 * The folder of an environment under `home`, made durably if there is none, for this account alone (0700).
 * Its name follows from the environment's name and nothing else. Throws `file-unwritable`.
 */
export function environmentFolder(home: string, environmentName: string): Promise<string> {
  return madeFolder(environmentPath(home, environmentName));
}

/** Where the folder of an environment is, or would be. Makes nothing. */
export function environmentPath(home: string, environmentName: string): string {
  return join(home, 'environments', folderNameOf(environmentName));
}

function surroundings(): Surroundings {
  return { env: process.env, platform: process.platform, home: homedir() };
}
