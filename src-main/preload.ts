import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { callChannel, dropChannel, eventChannel } from '#shell/channels';

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

/** What a drag is of the DOM, which the main process's types do not know. */
interface DragEvent {
  readonly isTrusted: boolean;
  readonly dataTransfer: { readonly types: readonly string[]; readonly files: ArrayLike<File> } | null;
  preventDefault(): void;
  stopImmediatePropagation(): void;
}
declare const window: {
  addEventListener(
    type: 'dragover' | 'drop',
    listener: (event: DragEvent) => void,
    options: { readonly capture: true },
  ): void;
};

const hasFiles = ({ isTrusted, dataTransfer }: DragEvent) =>
  isTrusted && dataTransfer?.types.includes('Files') === true;

// these listeners are the first of the document, before any of the page
window.addEventListener(
  'dragover',
  (event) => {
    // without it the browser would open the file in place of the page
    if (hasFiles(event)) event.preventDefault();
  },
  { capture: true },
);
window.addEventListener(
  'drop',
  (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    // the page gets neither the path nor the content: main asks the admin, and tells it what it needs
    event.stopImmediatePropagation();
    const paths = Array.from(event.dataTransfer?.files ?? [], (file) => webUtils.getPathForFile(file));
    void ipcRenderer.invoke(dropChannel, paths);
  },
  { capture: true },
);
