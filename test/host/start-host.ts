import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright';
import { type Launched, launchChromium, type LaunchOptions } from './chromium/chromium.ts';
import type { Desk } from './desk/desk.ts';
import { setHost } from './host.ts';
import { openWindows } from './desk/open-windows.ts';
import { serveRequests } from './chromium/requests.ts';

const root = resolve(import.meta.dirname, '../..');

export interface StartOptions extends LaunchOptions {
  readonly desk: Desk;
}

/** Starts Chromium and the built app in it. The app may call for its windows before Chromium is there. */
export async function startHost({ desk, ...launch }: StartOptions): Promise<Launched> {
  const main = join(root, 'out/main/main.js');
  if (!existsSync(main)) throw new Error('the app is not built: run `npm run build` first');
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  // the app names its own before it writes anything
  const userData = join(tmpdir(), `keel-user-data-${process.pid}`);
  const switches = [...(launch.args ?? [])];
  let beginning = (_begin: boolean) => {};
  // as in Electron, Chromium starts with the switches that the app gave before it was ready
  const launched = new Promise<boolean>((begin) => {
    beginning = begin;
  }).then(() => launchChromium({ ...launch, args: switches }));
  let ending = false;
  let begun = false;
  const context = launched
    .then(async (browser) => {
      await serveRequests(browser.context);
      return browser.context;
    })
    .catch((error) => {
      if (!ending) throw error;
      // an app that ended before it was ready never becomes so
      return new Promise<never>(() => undefined);
    });
  const exit = (code: number) => {
    if (ending) return;
    ending = true;
    if (!begun) process.exit(code);
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
  setHost({
    desk,
    context,
    takePage,
    userData,
    version,
    appPath: root,
    headed: launch.headed,
    switches,
    exit,
  });
  // the browser's end closes the windows, and the app ends as it does after the last one
  void context
    .then((browser) => browser.on('close', () => [...openWindows].forEach((window) => window.destroy())))
    .catch(() => undefined);
  await import(pathToFileURL(main).href);
  begun = true;
  beginning(true);
  return launched;
}
