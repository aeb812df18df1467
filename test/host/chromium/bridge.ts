/** One end of the bridge between the page's world and the preload's: values are cloned, functions become proxies. */
export interface BridgeEnd {
  marshal(value: unknown): unknown;
  unmarshal(marshalled: any): any;
}

/**
 * Both worlds share the DOM but no objects, so each call is an event on a node that only the two ends hold. It is synchronous, as
 * Electron's contextBridge is. Its source runs in the page, so it stands alone.
 */
export function makeBridgeEnd(node: EventTarget, outgoing: string, incoming: string): BridgeEnd {
  const deepest = 1000;
  // taken before any script of the page could replace them
  const dispatch = Object.getOwnPropertyDescriptor(EventTarget.prototype, 'dispatchEvent')!.value;
  const { CustomEvent } = globalThis;
  const detailOf: () => any = Object.getOwnPropertyDescriptor(CustomEvent.prototype, 'detail')![
    'get' as 'value'
  ];
  const tell = (detail: object) => Reflect.apply(dispatch, node, [new CustomEvent(outgoing, { detail })]);

  const functions: ((...args: unknown[]) => unknown)[] = [];
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let promises = 0;
  let returned: any;

  const failure = (error: any) => ({
    name: String(error?.name ?? 'Error'),
    message: String(error?.message ?? error),
  });
  const thrown = ({ name, message }: { name: string; message: string }) =>
    Object.assign(new Error(message), { name });

  const marshal = (value: any, depth = 0): unknown => {
    if (depth > deepest) throw new TypeError('the bridge goes no deeper than 1000 levels');
    if (typeof value === 'function') return { kind: 'function', id: functions.push(value) - 1 };
    if (typeof value !== 'object' || value === null) return { kind: 'value', value: structuredClone(value) };
    if (value instanceof Promise) {
      const id = promises++;
      value
        .then(
          (result) => tell({ kind: 'settled', id, value: marshal(result) }),
          (error) => tell({ kind: 'settled', id, error: failure(error) }),
        )
        .catch((error) => tell({ kind: 'settled', id, error: failure(error) }));
      return { kind: 'promise', id };
    }
    if (Array.isArray(value))
      return { kind: 'array', items: Array.from(value, (item) => marshal(item, depth + 1)) };
    const prototype = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) {
      return {
        kind: 'object',
        items: Object.keys(value).map((key) => [key, marshal(value[key], depth + 1)]),
      };
    }
    return { kind: 'value', value: structuredClone(value) };
  };

  const unmarshal = (marshalled: any): any => {
    const { kind, id, items, value } = marshalled;
    if (kind === 'value') return value;
    if (kind === 'array') return items.map(unmarshal);
    if (kind === 'function') return (...args: unknown[]) => call(id, args);
    if (kind === 'promise') return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
    const object = {};
    for (const [key, item] of items) {
      Object.defineProperty(object, key, {
        value: unmarshal(item),
        enumerable: true,
        writable: true,
        configurable: true,
      });
    }
    return object;
  };

  const call = (id: number, args: unknown[]): unknown => {
    tell({ kind: 'call', id, args: args.map((arg) => marshal(arg)) });
    const answer = returned;
    returned = undefined;
    if (answer.error) throw thrown(answer.error);
    return unmarshal(answer.value);
  };

  const answerCall = ({ id, args }: { id: number; args: unknown[] }): object => {
    try {
      return { kind: 'returned', value: marshal(functions[id]!(...args.map(unmarshal))) };
    } catch (error) {
      return { kind: 'returned', error: failure(error) };
    }
  };

  const settle = ({ id, value, error }: any) => {
    const promise = waiting.get(id)!;
    waiting.delete(id);
    if (error) promise.reject(thrown(error));
    else promise.resolve(unmarshal(value));
  };

  node.addEventListener(incoming, (event) => {
    const message = Reflect.apply(detailOf, event, []);
    if (message.kind === 'call') tell(answerCall(message));
    else if (message.kind === 'returned') returned = message;
    else settle(message);
  });
  return { marshal, unmarshal };
}
