import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type BrowserContext, chromium } from 'playwright';
import { npmChromium } from './npm-chromium.ts';

interface Found {
  readonly path: string;
  readonly env?: Readonly<Record<string, string>>;
}

const names = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
  'microsoft-edge',
];
const apps = ['Google Chrome', 'Chromium', 'Microsoft Edge'];
const windowsPaths = ['Google\\Chrome\\Application\\chrome.exe', 'Microsoft\\Edge\\Application\\msedge.exe'];

/** A Chromium that can show a window: `KEEL_CHROMIUM`, or an installed Chromium, Chrome or Edge. */
export function installedChromium(): Found | undefined {
  const path = candidates().find(isExecutable);
  return path === undefined ? undefined : { path };
}

/** For specs: `KEEL_CHROMIUM`, else the version that npm pins, else an installed one. */
async function headlessChromium(): Promise<Found | undefined> {
  if (process.env['KEEL_CHROMIUM']) return { path: process.env['KEEL_CHROMIUM'] };
  return (await npmChromium()) ?? installedChromium();
}

function candidates(): string[] {
  const { env, platform } = process;
  const chosen = env['KEEL_CHROMIUM'] ? [env['KEEL_CHROMIUM']] : [];
  if (platform === 'darwin') {
    const roots = ['/Applications', join(homedir(), 'Applications')];
    return [
      ...chosen,
      ...roots.flatMap((root) => apps.map((app) => join(root, `${app}.app/Contents/MacOS/${app}`))),
    ];
  }
  if (platform === 'win32') {
    const roots = [env['PROGRAMFILES'], env['PROGRAMFILES(X86)'], env['LOCALAPPDATA']].filter(
      (root) => root !== undefined,
    );
    return [...chosen, ...roots.flatMap((root) => windowsPaths.map((path) => join(root, path)))];
  }
  const folders = (env['PATH'] ?? '').split(delimiter);
  return [...chosen, ...names.flatMap((name) => folders.map((folder) => join(folder, name)))];
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export interface LaunchOptions {
  readonly headed: boolean;
  readonly args?: readonly string[];
  /** Lets a spec join on this port of the loopback interface; its profile tells which. */
  readonly debuggable?: boolean;
}

export interface Launched {
  readonly context: BrowserContext;
  /** Holds `DevToolsActivePort`; removed with the browser. */
  readonly profile: string;
  close(): Promise<void>;
}

/** Starts Chromium with a profile of its own and nothing loosened. Throws where there is none. */
export async function launchChromium({
  headed,
  args = [],
  debuggable = false,
}: LaunchOptions): Promise<Launched> {
  const found = headed ? installedChromium() : await headlessChromium();
  if (!found)
    throw new Error('no Chromium, Chrome or Edge was found: install one, or name it in KEEL_CHROMIUM');
  const profile = await mkdtemp(join(tmpdir(), 'keel-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: found.path,
    headless: !headed,
    viewport: null,
    acceptDownloads: true,
    env: { ...process.env, ...found.env } as Record<string, string>,
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    // Chromium refuses to run as root with its sandbox, which needs a user to change to
    chromiumSandbox: process.getuid?.() !== 0 && headed,
    // it only adds a bar that says so
    ignoreDefaultArgs: ['--enable-automation'],
    args: [...(debuggable ? ['--remote-debugging-port=0'] : []), ...args],
  });
  const close = async () => {
    await context.close().catch(() => undefined);
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  return { context, profile, close };
}
