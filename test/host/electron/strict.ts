import { EventEmitter } from 'node:events';

/** What the language and Node themselves ask of any object. */
const asked = new Set(['then', 'toJSON', 'constructor', 'domain', 'asymmetricMatch']);

/** The object as it is. Whatever else is asked of it, read or set, throws and names the API that the host does not model. */
export function modelled<T extends object>(name: string, object: T): T {
  return new Proxy(object, {
    get(target, key) {
      if (typeof key === 'symbol' || key in target || asked.has(key)) return Reflect.get(target, key, target);
      throw notModelled(`${name}.${key}`);
    },
    set(target, key, value) {
      if (typeof key === 'symbol' || key in target) return Reflect.set(target, key, value, target);
      throw notModelled(`${name}.${key} =`);
    },
  });
}

/** Throws for an option that the host would silently ignore. */
export function onlyKnown(name: string, options: object | undefined, known: readonly string[]): void {
  for (const key of Object.keys(options ?? {})) {
    if (!known.includes(key)) throw notModelled(`${name}({ ${key} })`);
  }
}

export function notModelled(api: string): Error {
  return new Error(`the Chromium host does not model Electron's ${api}`);
}

type Listener = (...args: any[]) => void;

/** An event source with exactly the events it is known to emit. */
export class StrictEmitter extends EventEmitter {
  private readonly label: string;
  private readonly known: ReadonlySet<string>;

  constructor(label: string, events: readonly string[]) {
    super();
    this.label = label;
    this.known = new Set(events);
  }

  override on(event: string, listener: Listener): this {
    return super.on(this.checked(event), listener);
  }
  override once(event: string, listener: Listener): this {
    return super.once(this.checked(event), listener);
  }
  override addListener(event: string, listener: Listener): this {
    return super.addListener(this.checked(event), listener);
  }
  override prependListener(event: string, listener: Listener): this {
    return super.prependListener(this.checked(event), listener);
  }

  /** Emits with an event object first, as Electron does; says whether a listener prevented the default. */
  emitPreventable(event: string, details: object = {}, ...args: unknown[]): boolean {
    const made = cancellableEvent(details);
    this.emit(event, made, ...args);
    return made.defaultPrevented;
  }

  private checked(event: string): string {
    if (!this.known.has(event)) throw notModelled(`${this.label}.on('${event}')`);
    return event;
  }
}

export interface CancellableEvent {
  defaultPrevented: boolean;
  preventDefault(): void;
}

export function cancellableEvent<T extends object>(details: T): T & CancellableEvent {
  const event = Object.assign(details, {
    defaultPrevented: false,
    preventDefault: () => {
      event.defaultPrevented = true;
    },
  });
  return modelled('event', event);
}
