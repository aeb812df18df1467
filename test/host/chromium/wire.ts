export interface Wire {
  encode(value: unknown): string;
  decode(text: string): any;
}

/**
 * Text that keeps what the structured clone keeps, between a page and this process. Throws DataCloneError for what cannot
 * be cloned, and for cycles. Its source runs in the page as well, so it stands alone.
 */
export function makeWire(): Wire {
  const bytesOf = (text: string) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const textOf = (bytes: Uint8Array) => {
    let text = '';
    for (const byte of bytes) text += String.fromCharCode(byte);
    return btoa(text);
  };
  const pack = (value: any, within: readonly unknown[]): unknown => {
    if (value === undefined) return ['undefined'];
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
    if (typeof value === 'number') {
      return Number.isFinite(value) && !Object.is(value, -0)
        ? value
        : ['number', Object.is(value, -0) ? '-0' : String(value)];
    }
    if (typeof value === 'bigint') return ['bigint', String(value)];
    if (within.includes(value)) throw new DOMException('a cycle cannot be cloned', 'DataCloneError');
    const inner = [...within, value];
    const each = (item: unknown) => pack(item, inner);
    if (Array.isArray(value)) return ['array', Array.from(value, each)];
    if (value instanceof Date) return ['date', value.getTime()];
    if (value instanceof Map) return ['map', Array.from(value, ([key, item]) => [each(key), each(item)])];
    if (value instanceof Set) return ['set', Array.from(value, each)];
    if (value instanceof Error) return ['error', value.name, value.message];
    if (value instanceof ArrayBuffer) return ['buffer', textOf(new Uint8Array(value))];
    if (value instanceof Uint8Array) return ['bytes', textOf(value)];
    if (Object.prototype.toString.call(value) === '[object Object]') {
      return ['object', Object.keys(value).map((key) => [key, each(value[key])])];
    }
    throw new DOMException(`${Object.prototype.toString.call(value)} is not carried`, 'DataCloneError');
  };
  const unpack = (packed: any): unknown => {
    if (!Array.isArray(packed)) return packed;
    const [kind, body, more] = packed;
    switch (kind) {
      case 'undefined':
        return undefined;
      case 'number':
        return Number(body);
      case 'bigint':
        return BigInt(body);
      case 'array':
        return body.map(unpack);
      case 'date':
        return new Date(body);
      case 'map':
        return new Map(body.map(([key, item]: [unknown, unknown]) => [unpack(key), unpack(item)]));
      case 'set':
        return new Set(body.map(unpack));
      case 'error':
        return Object.assign(new Error(more), { name: body });
      case 'buffer':
        return bytesOf(body).buffer;
      case 'bytes':
        return bytesOf(body);
      default: {
        const object = {};
        for (const [key, item] of body) {
          // a key may be `__proto__`
          Object.defineProperty(object, key, {
            value: unpack(item),
            enumerable: true,
            writable: true,
            configurable: true,
          });
        }
        return object;
      }
    }
  };
  return {
    encode: (value) => JSON.stringify(pack(structuredClone(value), [])),
    decode: (text) => unpack(JSON.parse(text)),
  };
}

export const wire = makeWire();
