import { modelled, notModelled } from './strict.ts';
import { traffic } from '../chromium/traffic.ts';

type Handler = (event: object, ...args: any[]) => unknown;

const handlers = new Map<string, Handler>();

/** Answers as Electron does: the handler's message with Electron's words before it, never its stack. */
export async function answerInvoke(
  channel: string,
  event: object,
  args: readonly unknown[],
): Promise<object> {
  const handler = handlers.get(channel);
  if (!handler) return refusal(channel, `No handler registered for '${channel}'`);
  try {
    const value = structuredClone(await handler(event, ...args));
    traffic.hear?.({ asked: args[0], value });
    return { kind: 'answer', value };
  } catch (error) {
    return refusal(channel, String(error));
  }
}

function refusal(channel: string, why: string): object {
  return { kind: 'refusal', error: `Error invoking remote method '${channel}': ${why}` };
}

export const ipcMain = modelled('ipcMain', {
  handle: (channel: string, handler: Handler) => {
    if (handlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`);
    handlers.set(channel, handler);
  },
  removeHandler: (channel: string) => void handlers.delete(channel),
});

/** A message without an answer has no listener to go to, since only `handle` is modelled. */
export function refuseSend(channel: string): never {
  throw notModelled(`ipcRenderer.send('${channel}') to ipcMain.on`);
}
