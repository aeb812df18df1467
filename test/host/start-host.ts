import { existsSync, readFileSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright';
import { type Launched, launchChromium, type LaunchOptions } from './chromium.ts';
import type { Desk } from './desk.ts';
import { setHost } from './host.ts';
import { serveRequests } from './requests.ts';

const root = resolve(import.meta.dirname, '../..');

export interface StartOptions extends LaunchOptions {
  readonly desk: Desk;
}

/** Starts Chromium and the built app in it. The app may call for its windows before Chromium is there. */
export async function startHost({ desk, ...launch }: StartOptions): Promise<Launched> {
  const main = join(root, 'out/main/main.js');
  if (!existsSync(main)) throw new Error('the app is not built: run `npm run build` first');
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const userData = await mkdtemp(join(tmpdir(), 'keel-user-data-'));
  process.once('exit', () => rmSync(userData, { recursive: true, force: true }));
  const launched = launchChromium(launch);
  const context = launched.then(async (browser) => {
    await serveRequests(browser.context);
    return browser.context;
  });
  let ending = false;
  const exit = (code: number) => {
    if (ending) return;
    ending = true;
    launched
      .then((browser) => browser.close())
      .catch(() => undefined)
      .finally(() => process.exit(code));
  };
  const taken = new Set<Page>();
  const takePage = async () => {
    const browser = await context;
    const page = browser.pages().find((one) => !taken.has(one)) ?? (await browser.newPage());
    taken.add(page);
    return page;
  };
  setHost({ desk, context, takePage, userData, version, appPath: root, headed: launch.headed, exit });
  // the browser's end without the app's is the end of the app
  void context.then((browser) => browser.on('close', () => exit(ending ? 0 : 1))).catch(() => undefined);
  await import(pathToFileURL(main).href);
  return launched;
}
