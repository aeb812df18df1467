import { contextBridge, ipcRenderer } from 'electron';
import { callChannel, eventChannel } from '#shell/channels';

/** All that the page gets of the world outside: one call and one subscription. The main process checks both. */
contextBridge.exposeInMainWorld('keel', {
  call: (name: unknown, input: unknown): Promise<unknown> => ipcRenderer.invoke(callChannel, name, input),
  subscribe: (listener: (event: unknown) => void): (() => void) => {
    // the page never sees the IPC event, which leads back to ipcRenderer
    const forward = (_: unknown, event: unknown) => listener(event);
    ipcRenderer.on(eventChannel, forward);
    return () => void ipcRenderer.off(eventChannel, forward);
  },
});
