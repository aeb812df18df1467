import type { IpcMain, IpcMainInvokeEvent } from 'electron';
import type { Reply } from '#contract/procedures';
import { callChannel, dropChannel } from './channels.ts';
import { appOrigin } from './policy/origin.ts';

/** The part of a frame that tells who is calling. */
export interface Sender {
  readonly origin: string;
  readonly parent: unknown;
}

/** Why a sender is not the app's own main frame, or undefined if it is. A frame that is gone is refused too. */
export function whyRefused(sender: Sender | null): string | undefined {
  if (!sender) return 'the frame is gone';
  if (sender.parent) return 'not the main frame';
  if (sender.origin !== appOrigin) return `from ${sender.origin.slice(0, 60)}`;
  return undefined;
}

export interface CallHandling {
  readonly route: (name: unknown, input: unknown) => Promise<Reply>;
  readonly drop: (paths: unknown) => Promise<void>;
  /** Hears of every call that did not come from the app's own page. */
  readonly onRefused: (why: string) => void;
}

/** Answers the window's calls, and nobody else's: another frame or origin gets a refusal as its reply, never silence. */
export function answerCalls(
  ipcMain: Pick<IpcMain, 'handle'>,
  { route, drop, onRefused }: CallHandling,
): void {
  ipcMain.handle(callChannel, (event: IpcMainInvokeEvent, name: unknown, input: unknown) => {
    const why = whyRefused(event.senderFrame);
    if (why === undefined) return route(name, input);
    onRefused(why);
    return refusal;
  });
  ipcMain.handle(dropChannel, (event: IpcMainInvokeEvent, paths: unknown) => {
    const why = whyRefused(event.senderFrame);
    if (why === undefined) return drop(paths);
    onRefused(why);
    return undefined;
  });
}

const refusal: Reply = {
  ok: false,
  error: {
    code: 'request-refused',
    message: 'this call did not come from the app window; nothing was done',
    remedy: 'close the window and start Keel again',
  },
};
