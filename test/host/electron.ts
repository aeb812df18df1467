// The module that the built bundles get as `electron`. What is not exported here cannot be imported.
import { app } from './app.ts';
import { BrowserWindow } from './browser-window.ts';
import { clipboard, ClipboardItem } from './clipboard.ts';
import { nativeImage, nativeTheme, Notification, powerMonitor, screen, shell } from './desktop.ts';
import { dialog } from './dialog.ts';
import { ipcMain } from './ipc-main.ts';
import { Menu, MenuItem } from './menu.ts';
import { protocol, session } from './session.ts';
import { modelled } from './strict.ts';

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
