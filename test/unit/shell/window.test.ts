import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { fewReloads } from '#shell/few-reloads';
import { leaveInOrder } from '#shell/leaving';

test('a page that crashes as soon as it is there is not loaded again for ever', () => {
  let now = 0;
  const mayReload = fewReloads(() => now);
  expect([1, 2, 3, 4, 5].map(mayReload)).toEqual([true, true, true, false, false]);
  now = 60_000;
  expect(mayReload()).toBe(true);
});

test.for(['query-session-end', 'session-end'])(
  'a secret of ours leaves the clipboard with the Windows session: %s',
  (event) => {
    const window = new EventEmitter();
    const dropped: string[] = [];
    const clipboard = { dropSecret: () => void dropped.push('now') } as never;
    leaveInOrder({
      app: new EventEmitter() as never,
      dialog: {} as never,
      window: window as never,
      desktop: { close: async () => void dropped.push('wiped') } as never,
      clipboard,
    });
    window.emit(event, {});
    expect(dropped).toEqual(event === 'session-end' ? ['now', 'wiped'] : ['now']);
  },
);
