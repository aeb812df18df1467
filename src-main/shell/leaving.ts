import type { App, BrowserWindow, Dialog } from 'electron';
import type { TextClipboard } from './desktop/clipboard.ts';
import { isRewriting, mayLeave } from './close-guard.ts';
import type { Desktop } from './desktop-port.ts';
import { withinTime } from './within-time.ts';

/** As long as the practice server may take to stop. */
const msToClose = 15_000;

export interface LeavingOptions {
  readonly app: App;
  readonly dialog: Dialog;
  readonly window: BrowserWindow;
  readonly desktop: Desktop;
  readonly clipboard: TextClipboard;
}

/** Closing the window and quitting are one thing: ask where it matters, clear the clipboard, wipe, let work settle, and go. */
export function leaveInOrder({ app, dialog, window, desktop, clipboard }: LeavingOptions): void {
  let leaving = false;
  let left = false;

  const leave = async () => {
    if (leaving) return;
    leaving = true;
    // whoever leaves does not agree to what is being asked
    desktop.decline();
    try {
      if (!(await mayLeave(dialog, window, desktop.runningOperations()))) return;
      window.hide();
      await withinTime(
        Promise.allSettled([clipboard.clearSecret(), desktop.close()]),
        () => isRewriting(desktop.runningOperations()),
        msToClose,
      );
      left = true;
      app.quit();
    } finally {
      leaving = false;
    }
  };

  const hold = (event: { preventDefault(): void }) => {
    if (left) return;
    event.preventDefault();
    void leave();
  };
  // Windows ends its session without asking us to quit, and gives us a moment
  window.on('query-session-end', () => clipboard.dropSecret());
  window.on('session-end', () => {
    clipboard.dropSecret();
    void desktop.close();
  });
  window.on('close', hold);
  app.on('before-quit', hold);
  app.on('window-all-closed', () => app.quit());
}
