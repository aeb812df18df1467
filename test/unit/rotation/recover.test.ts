import { expect, test } from 'vitest';
import { saying } from '#test/saying';
import { settleRotations } from '#rotation/settle-rotations';

test('recovering that was called off settles nothing more', async () => {
  const untouched = new Proxy(
    {},
    {
      get() {
        throw new Error('was used');
      },
    },
  ) as never;
  const records = { list: async () => [{ id: 'one', state: 'prepared' }] } as never;
  const signal = AbortSignal.abort();
  await expect(
    settleRotations(untouched, { keyRing: untouched, records, correct: undefined, signal }),
  ).rejects.toMatchObject({
    code: 'cancelled',
    remedy: saying('again'),
  });
});

test('recovering that was called off asks the database nothing, where there is nothing to settle either', async () => {
  let asked = 0;
  const client = { query: async () => void asked++ } as never;
  const records = { list: async () => [] } as never;
  const keyRing = { list: async () => [] } as never;
  const recovery = settleRotations(client, {
    keyRing,
    records,
    correct: undefined,
    signal: AbortSignal.abort(),
  });
  await expect(recovery).rejects.toMatchObject({ code: 'cancelled' });
  expect(asked).toBe(0);
});
