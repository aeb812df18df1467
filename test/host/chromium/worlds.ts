import { makeBridgeEnd } from './bridge.ts';
import { makeWire } from './wire.ts';

/** The isolated world in which the preload runs, and the one global in it that reaches this process. */
export const worldName = 'keel-preload';
export const bindingName = 'keelHostSend';

/** What the isolated world tells this process. */
export type FromPage =
  | { kind: 'invoke'; id: number; channel: string; args: unknown[] }
  | { kind: 'send'; channel: string; args: unknown[] }
  | { kind: 'input'; type: string; input: PageInput }
  | { kind: 'shortcut'; input: PageInput }
  | { kind: 'focus' | 'blur' }
  | { kind: 'window-open'; url: string; name: string; features: string };

export interface PageInput {
  readonly key: string;
  readonly code: string;
  readonly button: number;
  readonly x: number;
  readonly y: number;
  readonly isAutoRepeat: boolean;
  readonly isComposing: boolean;
  readonly shift: boolean;
  readonly control: boolean;
  readonly alt: boolean;
  readonly meta: boolean;
  readonly location: number;
}

/** Script of the isolated world: the preload with its own `electron`, and the trusted input of every frame. */
export function isolatedScript(preload: string, handshake: string, headed: boolean): string {
  return `(${isolatedWorld.toString()})(${makeWire.toString()}, ${makeBridgeEnd.toString()}, ${JSON.stringify(bindingName)},
    ${JSON.stringify(handshake)}, ${JSON.stringify(process.platform)}, ${headed},
    function (require, process, module, exports) {\n${preload}\n})`;
}

/** Script of the page's own world, before any of the page's. It leaves nothing behind but what the preload exposes. */
export function pageScript(handshake: string): string {
  return `(${pageWorld.toString()})(${makeBridgeEnd.toString()}, ${JSON.stringify(handshake)})`;
}

type Preload = (require: unknown, process: unknown, module: unknown, exports: unknown) => void;

function isolatedWorld(
  wireMaker: typeof makeWire,
  bridgeMaker: typeof makeBridgeEnd,
  binding: string,
  handshake: string,
  platform: string,
  headed: boolean,
  preload: Preload,
): void {
  const global = globalThis as any;
  const wire = wireMaker();
  const sendText = global[binding] as (text: string) => void;
  delete global[binding];
  const send = (message: unknown) => sendText(wire.encode(message));

  const calls = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  const listeners = new Map<string, ((event: unknown, ...args: unknown[]) => void)[]>();
  let made = 0;
  const strict = (name: string, object: object) =>
    new Proxy(object, {
      get(target, key) {
        if (typeof key === 'symbol' || key in target) return Reflect.get(target, key);
        throw new Error(`the Chromium host does not model ${name}.${key} in a preload`);
      },
    });

  const ipcRenderer = strict('ipcRenderer', {
    invoke: (channel: string, ...args: unknown[]) =>
      new Promise((resolve, reject) => {
        const id = made++;
        send({ kind: 'invoke', id, channel, args });
        calls.set(id, { resolve, reject });
      }),
    send: (channel: string, ...args: unknown[]) => send({ kind: 'send', channel, args }),
    on: (channel: string, listener: () => void) => {
      listeners.set(channel, [...(listeners.get(channel) ?? []), listener]);
      return ipcRenderer;
    },
    off: (channel: string, listener: () => void) => {
      listeners.set(
        channel,
        (listeners.get(channel) ?? []).filter((one) => one !== listener),
      );
      return ipcRenderer;
    },
  });

  // this process answers and tells through here; no world but this one has it
  global.keelHostReceive = (text: string) => {
    const message = wire.decode(text);
    if (message.kind === 'event') {
      for (const listener of listeners.get(message.channel) ?? [])
        listener({ sender: ipcRenderer }, ...message.args);
      return;
    }
    const call = calls.get(message.id);
    calls.delete(message.id);
    if (message.kind === 'answer') call?.resolve(message.value);
    else call?.reject(new Error(message.error));
  };
  // a spec speaks through here as a renderer process that was taken over would: from its frame, past the preload
  global.keelHostInvoke = (channel: string, ...args: unknown[]) =>
    Reflect.get(ipcRenderer, 'invoke')(channel, ...args);

  const inputOf = (event: any) => ({
    key: event.key ?? '',
    code: event.code ?? '',
    button: event.button ?? 0,
    x: event.clientX ?? 0,
    y: event.clientY ?? 0,
    isAutoRepeat: event.repeat ?? false,
    isComposing: event.isComposing ?? false,
    shift: event.shiftKey,
    control: event.ctrlKey,
    alt: event.altKey,
    meta: event.metaKey,
    location: event.location ?? 0,
  });
  let movedAt = 0;
  /** Keys that were kept from the browser, not by the page. */
  const kept = new WeakSet<Event>();
  for (const type of [
    'mousedown',
    'mouseup',
    'mousemove',
    'wheel',
    'keydown',
    'keyup',
    'touchstart',
    'touchend',
    'touchcancel',
  ]) {
    const hear = (event: Event) => {
      // a script can dispatch events, but only the browser makes trusted ones
      if (!event.isTrusted) return;
      if (type === 'mousemove' && event.timeStamp - movedAt < 100) return;
      if (type === 'mousemove') movedAt = event.timeStamp;
      const input = inputOf(event);
      send({ kind: 'input', type, input });
      if (type !== 'keydown') return;
      // the menu's shortcuts come after the page had its say
      setTimeout(() => {
        if (!event.defaultPrevented || kept.has(event)) send({ kind: 'shortcut', input });
      });
    };
    window.addEventListener(type, hear, { capture: true, passive: true });
  }

  if (window.top !== window) return;
  if (headed) {
    // a window of the app has none of a browser's own keys; those of text fields stay
    window.addEventListener('keydown', (event) => {
      const command = event.ctrlKey || event.metaKey;
      if (event.defaultPrevented || !command || event.altKey) return;
      if ('acvxyz'.includes(event.key.toLowerCase())) return;
      kept.add(event);
      event.preventDefault();
    });
    // Chromium asks before it closes a window, and this process answers as the app does
    window.addEventListener('beforeunload', (event) => event.preventDefault());
  }
  for (const type of ['focus', 'blur']) {
    window.addEventListener(type, (event) => {
      if (event.isTrusted && event.target === window) send({ kind: type });
    });
  }
  const exposures: [string, unknown][] = [];
  let expose = (key: string, api: unknown) => void exposures.push([key, api]);
  window.addEventListener(
    handshake,
    (event) => {
      const node = (event as MouseEvent).relatedTarget as EventTarget;
      const bridge = bridgeMaker(node, 'to-page', 'to-preload');
      const tell = (detail: object) => node.dispatchEvent(new CustomEvent('host', { detail }));
      node.addEventListener('window-open', (opened) =>
        send({ kind: 'window-open', ...(opened as CustomEvent).detail }),
      );
      expose = (key, api) => void tell({ key, api: bridge.marshal(api) });
      for (const [key, api] of exposures) expose(key, api);
    },
    { once: true },
  );
  const electron = strict('electron', {
    ipcRenderer,
    webUtils: strict('webUtils', {
      // the desktop tells which files it is dragging; one that a script made is not among them
      getPathForFile: (file: File) => {
        const dragged: string[] = global.keelHostDragged ?? [];
        return dragged.find((path) => path.endsWith(`/${file.name}`)) ?? '';
      },
    }),
    contextBridge: strict('contextBridge', {
      exposeInMainWorld: (key: string, api: unknown) => expose(key, api),
    }),
  });
  const require = (name: string) => {
    if (name === 'electron') return electron;
    throw new Error(`a sandboxed preload cannot require '${name}'`);
  };
  const module = { exports: {} };
  const limited = strict('process', { platform, type: 'renderer', sandboxed: true, contextIsolated: true });
  preload(require, limited, module, module.exports);
}

function pageWorld(bridgeMaker: typeof makeBridgeEnd, handshake: string): void {
  if (window.top !== window) return;
  const node = document.createElement('i');
  const bridge = bridgeMaker(node, 'to-preload', 'to-page');
  const freeze = (value: any): any => {
    if (typeof value !== 'object' && typeof value !== 'function') return value;
    if (value === null || Object.isFrozen(value)) return value;
    for (const key of Reflect.ownKeys(value)) freeze(value[key]);
    return Object.freeze(value);
  };
  const { defineProperty } = Object;
  node.addEventListener('host', (event) => {
    const { key, api } = (event as CustomEvent).detail;
    const value = freeze(bridge.unmarshal(api));
    defineProperty(window, key, { value, enumerable: true, writable: false, configurable: false });
  });
  // Electron denies a window before there is one; Chromium would make it first
  window.open = (url, name, features) => {
    const detail = {
      url: String(url === undefined || url === '' ? 'about:blank' : new URL(url, document.baseURI)),
      name: name ?? '',
      features: features ?? '',
    };
    node.dispatchEvent(new CustomEvent('window-open', { detail }));
    return null;
  };
  window.dispatchEvent(new MouseEvent(handshake, { relatedTarget: node }));
}
