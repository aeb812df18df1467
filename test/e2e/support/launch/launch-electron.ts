import { resolve } from 'node:path';
import { _electron, type ElectronApplication, type Page } from '@playwright/test';
import { createAppFolder } from './app-folder.ts';
import { prepareDesk } from './electron-desk.ts';
import { firstScreen } from './first-screen.ts';
import type { Keel, LaunchOptions } from '../keel.ts';

const root = resolve(import.meta.dirname, '../../../..');

/** For a click or a wait of a spec, so that it fails where it stands and not with its whole test. */
const msToAct = 30_000;

interface Running {
  readonly app: ElectronApplication;
  readonly page: Page;
  readonly ended: Promise<number | null>;
}

/** Starts the built app in real Electron, with its dialogs answered by the spec. */
export async function launchInElectron(options: LaunchOptions): Promise<Keel> {
  const { folder, home, env, remove } = await createAppFolder(options);
  let log = '';
  const run = async (): Promise<Running> => {
    // in a container or as root Chromium's sandbox has no user to change to
    const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    const app = await _electron.launch({ args: [...sandbox, root], env, cwd: root });
    const child = app.process();
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk) => {
        log += String(chunk);
      });
    }
    const ended = new Promise<number | null>((done) => {
      child.once('exit', (code) => done(code));
    });
    await app.evaluate(prepareDesk);
    const page = await app.firstWindow();
    page.setDefaultTimeout(msToAct);
    await page.waitForURL('keel://app/**');
    await firstScreen(page);
    return { app, page, ended };
  };
  let running = await run();
  const kill = async () => {
    running.app.process().kill('SIGKILL');
    await running.ended;
  };
  const desk = <T>(name: string, ...args: unknown[]): Promise<T> =>
    running.app.evaluate((_electron, [name, args]) => (globalThis as any).keelDesk[name](...args), [
      name,
      args,
    ] as [string, any[]]);
  return {
    host: 'electron',
    get page() {
      return running.page;
    },
    home,
    folder,
    log: () => log,
    answerDialog: (path) => desk('answerDialog', path ?? null),
    answerQuestions: (agrees) => desk('answerQuestions', agrees ?? null),
    answerMessageBox: (button) => desk('answerMessageBox', button),
    dialogs: () => desk('dialogs'),
    clipboard: () => desk('readClipboard'),
    copyElsewhere: (text) => desk('writeClipboard', text),
    clipboardFormats: () => desk('clipboardFormats'),
    chooseMenu: (...path) => desk('chooseMenu', path),
    powerEvent: (name) => desk('powerEvent', name),
    systemTheme: (theme) => desk('systemTheme', theme),
    notifications: () => desk('notifications'),
    contentProtected: () => desk('contentProtected'),
    progress: () => desk('progress'),
    openedOutside: () => desk('external'),
    passTime: (ms) => desk('passTime', ms),
    resize: (width, height) => desk('resize', width, height),
    blur: () => desk('blur'),
    focused: () => desk('focused'),
    closeWindow: () => desk('closeWindow'),
    dropFiles: () => onlyInHost(),
    invokeFrom: () => onlyInHost(),
    traffic: () => onlyInHost(),
    forgetTraffic: () => onlyInHost(),
    heap: () => onlyInHost(),
    pressesHeard: () => onlyInHost(),
    touchApi: () => onlyInHost(),
    kill,
    ended: () => running.ended,
    restart: async () => {
      await kill();
      running = await run();
    },
    close: async () => {
      await running.app.close().catch(() => undefined);
      await kill();
      await remove();
    },
  };
}

function onlyInHost(): Promise<never> {
  return Promise.reject(new Error('only the Chromium host can do this'));
}
