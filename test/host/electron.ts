// The module that the built bundles get as `electron`. What is not exported here cannot be imported.
import { app } from './electron/app.ts';
import { BrowserWindow } from './electron/browser-window.ts';
import { clipboard, ClipboardItem } from './electron/clipboard.ts';
import { nativeImage, nativeTheme, Notification, powerMonitor, screen, shell } from './electron/desktop.ts';
import { dialog } from './electron/dialog.ts';
import { ipcMain } from './electron/ipc-main.ts';
import { Menu, MenuItem } from './electron/menu.ts';
import { protocol, session } from './electron/session.ts';
import { modelled } from './electron/strict.ts';

const windowClass = modelled('BrowserWindow', BrowserWindow);
const menuClass = modelled('Menu', Menu);

const electron = modelled('electron', {
  app,
  BrowserWindow: windowClass,
  clipboard,
  ClipboardItem,
  dialog,
  ipcMain,
  Menu: menuClass,
  MenuItem,
  nativeImage,
  nativeTheme,
  Notification,
  powerMonitor,
  protocol,
  screen,
  session,
  shell,
});
export default electron;
export {
  app,
  windowClass as BrowserWindow,
  clipboard,
  ClipboardItem,
  dialog,
  ipcMain,
  menuClass as Menu,
  MenuItem,
  nativeImage,
  nativeTheme,
  Notification,
  powerMonitor,
  protocol,
  screen,
  session,
  shell,
};
