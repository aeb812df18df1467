import { expect, test } from 'vitest';
import { readStandardInput } from '#commands/standard-input';

async function* piped(chunks: readonly Buffer[], fault?: Error) {
  yield* chunks;
  if (fault) throw fault;
}

const chunksOf = (...texts: string[]) => texts.map((text) => Buffer.from(text));
const wiped = (chunks: readonly Buffer[]) => chunks.every((chunk) => chunk.every((byte) => byte === 0));

test('what is piped in is read whole, and its chunks are wiped', async () => {
  const chunks = chunksOf('a sec', 'ret');
  expect((await readStandardInput('value', 8, piped(chunks))).toString()).toBe('a secret');
  expect(wiped(chunks)).toBe(true);
});

test('what is too long is refused without reading on, and wiped', async () => {
  const chunks = chunksOf('a sec', 'rets', 'never read');
  const [, , last] = chunks as [Buffer, Buffer, Buffer];
  await expect(readStandardInput('new value', 8, piped(chunks))).rejects.toMatchObject({
    code: 'key-file-unreadable',
    message:
      'standard input is longer than 8 bytes, which is too long for the new value; nothing was changed',
  });
  expect(wiped(chunks.slice(0, 2))).toBe(true);
  expect(last.toString()).toBe('never read');
});

test('what was read before an error is wiped', async () => {
  const chunks = chunksOf('a secret');
  await expect(readStandardInput('key', 8, piped(chunks, new Error('broken pipe')))).rejects.toThrow();
  expect(wiped(chunks)).toBe(true);
});
