import { vi } from 'vitest';

/** How buffers are made in Keel's own code. */
const makers = ['from', 'alloc', 'allocUnsafe', 'concat'] as const;

/**
 * Runs `work`, and tells where the buffers were made that it leaves behind with one of `secrets` in them: whoever makes one wipes it. Not
 * seen are strings, which nobody can wipe, and what a library or Node allocates by itself. What belongs to its caller `work` disposes.
 */
export async function leftInMemory(
  secrets: readonly (string | Uint8Array)[],
  work: () => Promise<unknown>,
): Promise<string[]> {
  const made: { readonly bytes: Buffer; readonly where: string }[] = [];
  const sought = secrets.map((secret) => Buffer.from(secret));
  const spies = makers.map((maker) => {
    const make = Buffer[maker] as (...given: unknown[]) => Buffer<ArrayBuffer>;
    return vi.spyOn(Buffer, maker).mockImplementation((...given: unknown[]) => {
      const bytes = Reflect.apply(make, Buffer, given);
      const [, where] = /\bsrc-main\/([\w/-]+\.ts:\d+)/.exec(new Error('made').stack ?? '') ?? [];
      if (where !== undefined) made.push({ bytes, where });
      return bytes;
    });
  });
  try {
    await work();
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  const left = made.filter(({ bytes }) => sought.some((secret) => bytes.includes(secret)));
  return [...new Set(left.map(({ where }) => where))];
}
