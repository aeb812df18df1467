import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  app,
  BrowserWindow,
  ClipboardItem,
  clipboard as systemClipboard,
  dialog,
  ipcMain,
  Menu,
  nativeTheme,
  Notification,
  powerMonitor,
  protocol,
  screen,
  session as sessions,
} from 'electron';
import { openFaultLog } from '#audit/fault-log';
import { keelHome } from '#environments/keel-home';
import { noteTemporariesIn, sweepNoted } from '#storage/temporaries';
import { refusedArgument, wordsForRefused } from '#shell/policy/arguments';
import { createClipboard } from '#shell/desktop/clipboard';
import type { Desktop } from '#shell/desktop-port';
import { followApp } from '#shell/follow-app';
import { createGesture, followInput } from '#shell/gesture';
import { keepIdleLock } from '#shell/idle-lock';
import { answerCalls } from '#shell/ipc';
import { leaveInOrder } from '#shell/leaving';
import { menuTemplate } from '#shell/desktop/menu';
import { createNative } from '#shell/desktop/native';
import { closeChannels } from '#shell/policy/channels-out';
import { holdToOwnPage } from '#shell/policy/navigation';
import { appScheme, serveScheme } from '#shell/policy/protocol';
import { sealSession, sessionName, sessionOptions } from '#shell/policy/session';
import { isFirstInstance } from '#shell/single-instance';
import { createWindow, loadPage } from '#shell/window';
import { composeDesktop } from './compose-desktop.ts';
import { serveRenderer } from './serve-renderer.ts';

const { platform } = process;
const { isPackaged } = app;
const home = keelHome();
const temporaries = join(home, 'temporaries');
noteTemporariesIn(temporaries);
void sweepNoted(temporaries);
const windowFolder = join(home, 'window');
const faults = openFaultLog(home);
let window: BrowserWindow | undefined;
let noteRefusal: Desktop['noteRefusal'] | undefined;

// the browser's own files lie beside Keel's, so one state folder has one instance; Electron wants the folder to be there
mkdirSync(windowFolder, { recursive: true, mode: 0o700 });
app.setPath('userData', windowFolder);
app.enableSandbox();
closeChannels(app.commandLine);
// without it Windows shows no notification; the same as appId in electron-builder.yml
if (platform === 'win32') app.setAppUserModelId('app.keel.desktop');
protocol.registerSchemesAsPrivileged([appScheme]);

const refused = isPackaged ? refusedArgument(process.argv.slice(1)) : undefined;
// not awaited: Electron becomes ready only after this file has run to its end
if (refused !== undefined) giveUp(new Error(wordsForRefused(refused)));
else if (isFirstInstance(app, () => window)) void app.whenReady().then(start).catch(giveUp);
else app.quit();

async function start(): Promise<void> {
  const session = sessions.fromPartition(sessionName, sessionOptions);
  sealSession(session, { isPackaged, onRefused });
  serveScheme(session.protocol, serveRenderer(join(import.meta.dirname, '../renderer')));

  // whatever contents come to be, not the window's alone
  app.on('web-contents-created', (_event, contents) => holdToOwnPage(contents, onRefused));

  const gesture = createGesture();
  const clipboard = createClipboard(
    {
      readText: () => systemClipboard.readText(),
      writeText: (text) => systemClipboard.writeText(text),
      write: (formats) => systemClipboard.write([new ClipboardItem(formats)]),
      clear: () => systemClipboard.clear(),
    },
    platform,
  );
  let follow = () => {};
  const native = createNative({
    window: () => window,
    gesture,
    clipboard,
    dialog,
    Notification,
    onAppChanged: () => follow(),
  });
  const desktop: Desktop = await composeDesktop({ native, version: app.getVersion() });
  noteRefusal = desktop.noteRefusal;
  follow = () => void followApp({ desktop, nativeTheme, clipboard }).catch(report);
  nativeTheme.themeSource = desktop.settings().theme;

  const lock = () => void desktop.lock().catch(report);
  Menu.setApplicationMenu(
    Menu.buildFromTemplate(
      menuTemplate({ platform, isPackaged, choose: (item) => native.emit({ kind: 'menu', item }), lock }),
    ),
  );
  answerCalls(ipcMain, {
    route: desktop.route,
    drop: desktop.drop,
    onRefused: (why) => onRefused('call', why),
  });

  window = await createWindow({
    session,
    preload: join(import.meta.dirname, '../preload/preload.cjs'),
    stateFile: join(windowFolder, 'state.json'),
    isPackaged,
    BrowserWindow,
    nativeTheme,
    screen,
  });
  const { webContents } = window;
  followInput(webContents, gesture);
  const stopIdleLock = keepIdleLock(webContents, powerMonitor, {
    minutes: () => desktop.settings().idleMinutes,
    lock,
  });
  window.on('closed', stopIdleLock);
  leaveInOrder({ app, dialog, window, desktop, clipboard });
  await loadPage(window);
  void desktop.remind().catch(report);
}

/** Something asked for what the app itself never would: said aloud for whoever watches, and kept in the log. */
function onRefused(what: string, detail: string): void {
  const shown = detail.slice(0, 200).replace(/\p{Cc}/gu, ' ');
  process.stderr.write(`refused: ${what} ${shown}\n`);
  if (noteRefusal) noteRefusal(what, shown);
  else report(new Error(`refused: ${what} ${shown}`));
}

function report(error: unknown): void {
  void faults.record('window', error);
}

function giveUp(error: unknown): void {
  report(error);
  dialog.showErrorBox('Keel could not start', error instanceof Error ? error.message : String(error));
  app.exit(1);
}
