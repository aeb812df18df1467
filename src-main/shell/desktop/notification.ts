import type { BrowserWindow, Notification as SystemNotification } from 'electron';

/** Tells of the end of long work, unless the window is in front and says so itself. Choosing it brings the window back. */
export function notify(
  Notification: typeof SystemNotification,
  window: BrowserWindow,
  title: string,
  body: string,
): void {
  if (window.isFocused() || !Notification.isSupported()) return;
  const notification = new Notification({ title, body });
  notification.on('click', () => bringToFront(window));
  notification.show();
}

/** Shows the window again, wherever it is. */
export function bringToFront(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}
