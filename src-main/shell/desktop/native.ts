import type { BrowserWindow, Dialog, Notification } from 'electron';
import { KeelError } from '#errors/keel-error';
import type { Native } from '#procedures/native';
import { eventChannel } from '#shell/channels';
import type { TextClipboard } from './clipboard.ts';
import { askAdmin, createFileDialogs } from './dialogs.ts';
import type { Gesture } from '#shell/gesture';
import { notify } from './notification.ts';
import { showProgress } from './progress.ts';

export interface NativeOptions {
  /** The app's window while it is open. */
  readonly window: () => BrowserWindow | undefined;
  readonly gesture: Gesture;
  readonly clipboard: TextClipboard;
  readonly dialog: Dialog;
  readonly Notification: typeof Notification;
  /** Hears that the lock or the settings changed. */
  readonly onAppChanged: () => void;
}

/** The desktop as the procedures know it. Without a window, what belongs to one is left out. */
export function createNative(options: NativeOptions): Native {
  const { gesture, clipboard, onAppChanged } = options;
  const chooseFiles = createFileDialogs(options.dialog);
  const window = () => {
    const current = options.window();
    return current?.isDestroyed() ? undefined : current;
  };
  const owner = () => {
    const current = window();
    if (current) return current;
    throw new KeelError('cancelled', 'there is no window to ask for confirmation', 'open Keel again');
  };
  return {
    async chooseFile(purpose, suggestedName, key) {
      const [path] = await chooseFiles(owner(), purpose, { suggestedName, key });
      return path;
    },
    chooseFiles: async (purpose) => chooseFiles(owner(), purpose, { several: true }),
    copyText: (text, concealed) =>
      concealed ? clipboard.copyConcealed(text, concealed.clearAfterMs) : clipboard.copy(text),
    ask: async (question, signal) => askAdmin(options.dialog, owner(), question, signal),
    takePress: (kind) => gesture.take(kind),
    presses: () => gesture.count(),
    protectContent: (on) => window()?.setContentProtection(on),
    showProgress: (share) => {
      const current = window();
      if (current) showProgress(current, share);
    },
    notify: (title, body) => {
      const current = window();
      if (current) notify(options.Notification, current, title, body);
    },
    emit: (event) => {
      window()?.webContents.send(eventChannel, event);
      if (event.kind === 'app-changed') onAppChanged();
    },
  };
}
