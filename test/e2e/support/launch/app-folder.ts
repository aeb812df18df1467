import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LaunchOptions } from '../keel.ts';

export interface AppFolder {
  readonly folder: string;
  readonly home: string;
  readonly env: Readonly<Record<string, string>>;
  readonly remove: () => Promise<void>;
}

const passedOn = [
  'PATH',
  'TMPDIR',
  'DISPLAY',
  'XAUTHORITY',
  'SYSTEMROOT',
  'LANG',
  'KEEL_CHROMIUM',
  'KEEL_E2E_HEADED',
];
const keychains = ['DBUS_SESSION_BUS_ADDRESS', 'XDG_RUNTIME_DIR', 'USER', 'LOGNAME'];

/** A home of its own for one app: nothing of this machine's settings, and its keychain only where it is asked for. */
export async function createAppFolder({ keychain = false, env = {} }: LaunchOptions): Promise<AppFolder> {
  const folder = await mkdtemp(join(tmpdir(), 'keel-e2e-'));
  const home = join(folder, 'keel-home');
  await mkdir(home);
  const names = keychain ? [...passedOn, ...keychains] : passedOn;
  const inherited = names.flatMap((name) =>
    process.env[name] === undefined ? [] : [[name, process.env[name]]],
  );
  return {
    folder,
    home,
    env: {
      ...Object.fromEntries(inherited),
      HOME: folder,
      USERPROFILE: folder,
      KEEL_HOME: home,
      TZ: 'UTC',
      ...env,
    },
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}
