import { expect, test } from 'vitest';
import { fewAtOnce } from '#shared/few-at-once';
import { fewInTurn } from '#shared/few-in-turn';

test('so much runs at once, so much waits in order, and what is beyond is refused at once', async () => {
  const run = fewInTurn(5, () => new Error('busy'), fewAtOnce(2));
  const gates: (() => void)[] = [];
  const begun: number[] = [];
  const asked = Array.from({ length: 8 }, (_, n) =>
    run(async () => {
      begun.push(n);
      await new Promise<void>((open) => gates.push(open));
      if (n === 1) throw new Error('its own');
      return n;
    }).catch((error: Error) => error.message),
  );
  expect(await Promise.all(asked.slice(5))).toEqual(['busy', 'busy', 'busy']);
  expect(begun).toEqual([0, 1]);
  for (let ended = 0; ended < 5; ended++) {
    gates[ended]?.();
    await asked[ended];
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(await Promise.all(asked.slice(0, 5))).toEqual([0, 'its own', 2, 3, 4]);
  expect(begun).toEqual([0, 1, 2, 3, 4]);
  expect(await run(async () => 'there is room again')).toBe('there is room again');
});
