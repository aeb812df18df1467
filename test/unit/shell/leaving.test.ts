import { expect, test, vi } from 'vitest';
import { keepIdleLock } from '#shell/idle-lock';
import { leaveInOrder } from '#shell/leaving';
import { showProgress } from '#shell/desktop/progress';
import { preventable, recorded } from '#test/support/recorded-calls';

function leaving(
  running: () => readonly { procedure: string; cancellable: boolean }[] = () => [],
  response = 1,
) {
  const [app, window] = [recorded(), recorded()];
  const order: string[] = [];
  let finish = () => {};
  const closed = new Promise<void>((resolve) => (finish = resolve));
  leaveInOrder({
    app: app.object,
    window: window.object,
    dialog: { showMessageBox: async () => ({ response }) } as never,
    desktop: {
      runningOperations: running,
      decline: () => void order.push('declined'),
      close: () => {
        order.push('closed');
        return closed;
      },
    } as never,
    clipboard: { clearSecret: async () => void order.push('cleared') } as never,
  });
  return { app, window, order, finish: () => finish() };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test.each(['close', 'before-quit'])(
  'a %s waits until the clipboard is cleared and all is closed, once, and then goes through',
  async (event) => {
    const { app, window, order, finish } = leaving();
    const emitter = event === 'close' ? window : app;
    const first = preventable({});
    emitter.emit(event, first);
    const second = preventable({});
    emitter.emit(event, second);
    await settled();
    expect([first.prevented, second.prevented]).toEqual([true, true]);
    expect(window.names()).toEqual(['hide']);
    expect(order).toEqual(['declined', 'cleared', 'closed']);
    expect(app.names()).toEqual([]);
    finish();
    await settled();
    expect(app.names()).toEqual(['quit']);
    const last = preventable({});
    emitter.emit(event, last);
    expect(last.prevented).toBe(false);
  },
);

const rotating = [{ procedure: 'rotation.rotate', cancellable: true, agreed: true }];

test('an admin who keeps Keel open is asked again the next time', async () => {
  const { app, window, order } = leaving(() => rotating, 0);
  for (let n = 0; n < 2; n++) {
    const event = preventable({});
    window.emit('close', event);
    await settled();
    expect(event.prevented).toBe(true);
  }
  expect([app.names(), window.names(), order]).toEqual([[], [], ['declined', 'declined']]);
});

test.each([
  ['as long as rows are being rewritten', rotating, 300_000],
  ['for fifteen seconds where nothing is', [], 14_999],
])('what does not come to its end is waited for %s', async (_, work, ms) => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  try {
    let running: typeof rotating = [...work];
    const { app, window } = leaving(() => running);
    window.emit('close', preventable({}));
    await settled();
    await vi.advanceTimersByTimeAsync(ms);
    expect(app.names()).toEqual([]);
    running = [];
    await vi.advanceTimersByTimeAsync(15_000);
    await settled();
    expect(app.names()).toEqual(['quit']);
  } finally {
    vi.useRealTimers();
  }
});

test('the app quits with its last window', () => {
  const { app } = leaving();
  app.emit('window-all-closed');
  expect(app.names()).toEqual(['quit']);
});

test('progress on the icon is a share, of which more than all is all, or moves, or is not shown', () => {
  const window = recorded();
  for (const share of [0.5, 7, -3, 'indeterminate', undefined] as const) showProgress(window.object, share);
  expect(window.calls).toEqual([
    ['setProgressBar', 0.5, { mode: 'normal' }],
    ['setProgressBar', 1, { mode: 'normal' }],
    ['setProgressBar', 0, { mode: 'normal' }],
    ['setProgressBar', 2, { mode: 'indeterminate' }],
    ['setProgressBar', -1],
  ]);
});

test.each(['suspend', 'lock-screen'])('the app is locked at once on %s', (event) => {
  const [contents, power] = [recorded(), recorded()];
  let locks = 0;
  const stop = keepIdleLock(contents.object, power.object, { minutes: () => 5, lock: () => void locks++ });
  power.emit(event);
  expect(locks).toBe(1);
  stop();
});

test.each(['before-mouse-event', 'before-input-event', 'input-event'])(
  'a window in use (%s) is not locked until it rests',
  (event) => {
    vi.useFakeTimers();
    try {
      const [contents, power] = [recorded(), recorded()];
      let locks = 0;
      const stop = keepIdleLock(contents.object, power.object, {
        minutes: () => 1,
        lock: () => void locks++,
      });
      vi.advanceTimersByTime(55_000);
      contents.emit(event);
      vi.advanceTimersByTime(55_000);
      expect(locks).toBe(0);
      vi.advanceTimersByTime(5_000);
      expect(locks).toBe(1);
      expect(power.calls[0]).toEqual(['getSystemIdleState', 1]);
      stop();
    } finally {
      vi.useRealTimers();
    }
  },
);

test.each([
  ['locked', 1],
  ['active', 0],
])('a screen that is %s when it is asked after locks the app %i times', (state, times) => {
  vi.useFakeTimers();
  try {
    const [contents, power] = [recorded(), recorded({ getSystemIdleState: state })];
    let locks = 0;
    const stop = keepIdleLock(contents.object, power.object, { minutes: () => 5, lock: () => void locks++ });
    vi.advanceTimersByTime(5_000);
    expect(locks).toBe(times);
    stop();
    vi.advanceTimersByTime(600_000);
    expect(locks).toBe(times);
  } finally {
    vi.useRealTimers();
  }
});
