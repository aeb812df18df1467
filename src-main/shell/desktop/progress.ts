import type { BaseWindow } from 'electron';

/** In Electron a share above 1 moves without saying how far, and one below 0 takes the bar away. */
const moving = 2;
const none = -1;

/** Progress on the app's icon in the dock or taskbar: 0 to 1, `indeterminate`, or none. */
export function showProgress(
  window: Pick<BaseWindow, 'setProgressBar'>,
  share: number | 'indeterminate' | undefined,
): void {
  if (share === undefined) window.setProgressBar(none);
  else if (share === 'indeterminate') window.setProgressBar(moving, { mode: 'indeterminate' });
  else window.setProgressBar(Math.min(1, Math.max(0, share)), { mode: 'normal' });
}
