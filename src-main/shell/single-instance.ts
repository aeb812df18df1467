import type { App, BrowserWindow } from 'electron';
import { bringToFront } from './desktop/notification.ts';

/** Whether this is the only Keel on its state folder. A second one ends at once, and the first comes to the front. */
export function isFirstInstance(app: App, window: () => BrowserWindow | undefined): boolean {
  if (!app.requestSingleInstanceLock()) return false;
  app.on('second-instance', () => {
    const current = window();
    if (current && !current.isDestroyed()) bringToFront(current);
  });
  return true;
}
