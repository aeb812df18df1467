import { createCipheriv, createDecipheriv } from 'node:crypto';

/** Bytes that were made, and an error made with them, whose stack is read only where it is asked for. */
interface Made {
  readonly bytes: Uint8Array;
  readonly at: Error;
}

const typedArray = Object.getPrototypeOf(Uint8Array.prototype) as object;
const cipherArguments = ['aes-256-ecb', Buffer.alloc(32), null] as const;

/** What answers with new bytes: how buffers are made, how typed arrays are copied, and what a cipher returns. */
const makers: readonly (readonly [object, readonly string[]])[] = [
  [Buffer, ['from', 'alloc', 'allocUnsafe', 'concat']],
  [typedArray, ['slice', 'map', 'filter', 'toReversed', 'toSorted', 'with']],
  [Object.getPrototypeOf(createCipheriv(...cipherArguments)) as object, ['update', 'final']],
  [Object.getPrototypeOf(createDecipheriv(...cipherArguments)) as object, ['update', 'final']],
];

/**
 * Runs `work`, and tells where the buffers and typed arrays were made that it leaves behind with one of `secrets` in them: whoever makes
 * one wipes it. Not seen are strings, which nobody can wipe, and what a library or Node allocates by itself. What belongs to its caller
 * `work` disposes.
 */
export async function leftInMemory(
  secrets: readonly (string | Uint8Array)[],
  work: () => Promise<unknown>,
): Promise<string[]> {
  const sought = secrets.map((secret) => Buffer.from(secret));
  const made: Made[] = [];
  const note = (bytes: unknown) => {
    if (bytes instanceof Uint8Array) made.push({ bytes, at: new Error('made') });
  };
  const undo = [
    ...makers.flatMap(([owner, names]) => names.map((name) => watchMethod(owner, name, note))),
    watchConstructor(note),
  ];
  try {
    await work();
  } finally {
    for (const one of undo) one();
  }
  const left = made.filter(({ bytes }) => {
    if (bytes.every((byte) => byte === 0)) return false;
    const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return sought.some((secret) => view.includes(secret));
  });
  const places = left.flatMap(({ at }) => {
    const where = placeOf(at);
    return where === undefined ? [] : [where];
  });
  return [...new Set(places)];
}

/** Where Keel's own code made something; undefined where a library did it by itself. */
function placeOf({ stack = '' }: Error): string | undefined {
  const [nearest] = /\b(?:src-main\/[\w/-]+\.ts:\d+|node_modules\/)/.exec(stack) ?? [];
  return nearest?.startsWith('src-main/') === true ? nearest.slice('src-main/'.length) : undefined;
}

/** Notes what a method answers. Returns what undoes it. */
function watchMethod(owner: object, name: string, note: (bytes: unknown) => void): () => void {
  const before = Object.getOwnPropertyDescriptor(owner, name) as PropertyDescriptor;
  const method = before.value as (...given: unknown[]) => unknown;
  Object.defineProperty(owner, name, {
    ...before,
    value(this: unknown, ...given: unknown[]) {
      const bytes = Reflect.apply(method, this, given);
      note(bytes);
      return bytes;
    },
  });
  return () => Object.defineProperty(owner, name, before);
}

/** The same of `new Uint8Array`, and so of `Uint8Array.from` and `of`. */
function watchConstructor(note: (bytes: unknown) => void): () => void {
  const before = globalThis.Uint8Array;
  globalThis.Uint8Array = new Proxy(before, {
    construct(target, given) {
      const bytes = Reflect.construct(target, given) as Uint8Array;
      note(bytes);
      return bytes;
    },
  });
  return () => {
    globalThis.Uint8Array = before;
  };
}
