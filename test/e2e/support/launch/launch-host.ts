import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Browser, chromium, type Page } from '@playwright/test';
import { createAppFolder } from './app-folder.ts';
import { firstScreen } from './first-screen.ts';
import { HostProcess } from './host-process.ts';
import type { Keel, LaunchOptions, ShownDialog } from '../keel.ts';

interface Running {
  readonly app: HostProcess;
  readonly browser: Browser;
  readonly page: Page;
  readonly profile: string;
}

const msToQuit = 8000;
/** For a click or a wait of a spec, so that it fails where it stands and not with its whole test. */
const msToAct = 30_000;

/** Starts the built app in the Chromium host. */
export async function launchInHost(options: LaunchOptions): Promise<Keel> {
  const { folder, home, env, remove } = await createAppFolder(options);
  let earlierLog = '';
  let running = await run(env).catch(async (error) => {
    await remove();
    throw error;
  });
  const ask: HostProcess['ask'] = (name, ...args) => running.app.ask(name, ...args);
  const leave = async () => {
    await running.browser.close().catch(() => undefined);
    await rm(running.profile, { recursive: true, force: true, maxRetries: 5 });
  };
  return {
    host: 'chromium',
    get page() {
      return running.page;
    },
    home,
    folder,
    log: () => earlierLog + running.app.log,
    answerDialog: (path) => ask('answerDialog', path ?? null),
    answerQuestions: (agrees) => ask('answerQuestions', agrees ?? null),
    answerMessageBox: (button) => ask('answerMessageBox', button),
    dialogs: async () => (await ask('dialogs')) as ShownDialog[],
    clipboard: async () => (running.app.hasEnded ? running.app.copied : ask('readClipboard')),
    copyElsewhere: (text) => ask('writeClipboard', text),
    clipboardFormats: () => ask('clipboardFormats'),
    chooseMenu: (...path) => ask('chooseMenu', path),
    powerEvent: (name) => ask('powerEvent', name),
    systemTheme: (theme) => ask('systemTheme', theme === 'dark'),
    notifications: () => ask('notifications'),
    contentProtected: async () => (await ask('shown')).contentProtected,
    progress: async () => (await ask('shown')).progress,
    openedOutside: () => ask('external'),
    passTime: (ms) => ask('passTime', ms),
    resize: (width, height) => ask('resize', width, height),
    blur: () => ask('blur'),
    focused: async () => (await ask('shown')).focused,
    closeWindow: () => ask('closeWindow'),
    dropFiles: (...paths) => ask('dropFiles', paths),
    invokeFrom: (url, channel, ...args) => ask('invokeFrom', url, channel, args),
    traffic: () => ask('traffic'),
    forgetTraffic: () => ask('forgetTraffic'),
    heap: async () => {
      const path = join(folder, 'main.heapsnapshot');
      await ask('writeHeap', path);
      const heap = await readFile(path);
      await rm(path);
      return heap;
    },
    pressesHeard: () => ask('pressesHeard'),
    touchApi: (...path) => ask('touchApi', path),
    kill: async () => {
      await running.app.kill();
      await leave();
    },
    ended: () => running.app.ended(),
    restart: async () => {
      await running.app.kill();
      await leave();
      earlierLog += running.app.log;
      running = await run(env);
    },
    close: async () => {
      void ask('quit').catch(() => undefined);
      await Promise.race([running.app.ended(), wait(msToQuit, undefined, { ref: false })]);
      await running.app.kill();
      await leave();
      await remove();
    },
  };
}

async function run(env: Readonly<Record<string, string>>): Promise<Running> {
  const app = new HostProcess(env);
  try {
    const { port, profile } = await app.ready();
    const browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`);
    const page = browser.contexts()[0]?.pages()[0];
    if (!page) throw new Error('the app has no window');
    page.setDefaultTimeout(msToAct);
    const ended = app.ended().then(() => Promise.reject(new Error(`the app ended at its start: ${app.log}`)));
    await Promise.race([page.waitForURL('http://keel.localhost/**').then(() => firstScreen(page)), ended]);
    return { app, browser, page, profile };
  } catch (error) {
    await app.kill();
    throw error;
  }
}
