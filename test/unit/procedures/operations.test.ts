import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { AppEvent } from '#contract/app';
import { appEvent } from '#contract/app';
import type { Failure } from '#contract/shapes';
import type { Work } from '#procedures/implementations';
import { createOperations, type OperationRequest } from '#procedures/operations';

const asFailure = (error: unknown): Failure => ({
  code: error instanceof Error && error.name === 'AbortError' ? 'cancelled' : 'internal',
  message: String(error),
  remedy: 'look',
});

/** Operations, and every event as the contract has it. */
function running() {
  const events: AppEvent[] = [];
  const operations = createOperations((event) => events.push(appEvent.parse(event)));
  const start = (run: OperationRequest['run'], more: Partial<OperationRequest> = {}) =>
    operations.start({ procedure: 'proof.run', run, asFailure, ...more });
  return { events, operations, start };
}

/** Work that goes on until it is told to end, or hears that it was called off. */
function heldWork() {
  let work: Work | undefined;
  let end: (value: unknown) => void = () => {};
  const run = (given: Work) => {
    work = given;
    return new Promise((resolve, reject) => {
      end = resolve;
      given.signal.addEventListener('abort', () => reject(given.signal.reason as Error));
    });
  };
  return { run, work: () => work as Work, end: (value: unknown) => end(value) };
}

describe('an operation', () => {
  test('begins after its caller knows its id, and ends in one event with its answer', async () => {
    const { events, operations, start } = running();
    const order: string[] = [];
    const operation = start(async () => {
      order.push('begun');
      return { rows: 7 };
    });
    order.push('known');
    await operations.settle();
    expect(order).toEqual(['known', 'begun']);
    expect(events).toEqual([{ kind: 'done', operation, value: { rows: 7 } }]);
    expect(operations.list()).toEqual([]);
  });

  test('that throws ends in one event with the failure', async () => {
    const { events, operations, start } = running();
    const operation = start(() => Promise.reject(new Error('no luck')));
    const other = start(() => {
      throw new Error('at once');
    });
    await operations.settle();
    expect(events).toEqual([
      { kind: 'failed', operation, error: expect.objectContaining({ message: 'Error: no luck' }) },
      { kind: 'failed', operation: other, error: expect.objectContaining({ message: 'Error: at once' }) },
    ]);
  });

  test('whose error cannot be put into words ends in one event all the same', async () => {
    const { events, operations, start } = running();
    const asFailure = () => {
      throw new TypeError('no words');
    };
    const operation = start(() => Promise.reject(new Error('no luck')), { asFailure });
    await operations.settle();
    expect(events).toEqual([
      { kind: 'failed', operation, error: expect.objectContaining({ code: 'internal' }) },
    ]);
    expect(operations.list()).toEqual([]);
  });

  test('is listed while it runs, with where it stands', async () => {
    const { operations, start } = running();
    const held = heldWork();
    const operation = start(held.run, { environment: 'db' });
    expect(operations.list()).toEqual([
      { operation, procedure: 'proof.run', environment: 'db', step: '', done: 0, cancellable: true },
    ]);
    await started(held);
    held.work().progress('opening values', 40, 100);
    expect(operations.list()).toMatchObject([{ step: 'opening values', done: 40, total: 100 }]);
    held.work().progress('comparing', 1);
    expect(operations.list()[0]).toMatchObject({ step: 'comparing', done: 1 });
    expect(operations.list()[0]).not.toHaveProperty('total');
    held.end({});
    await operations.settle();
    expect(operations.list()).toEqual([]);
  });
});

test('more work than a person would start is refused, until some is done', async () => {
  const { operations, start } = running();
  const held = Array.from({ length: 16 }, () => heldWork());
  for (const { run } of held) start(run);
  expect(() => start(async () => {})).toThrowError(
    expect.objectContaining({ code: 'request-refused', message: expect.stringContaining('16') }),
  );
  await started(held[0] as (typeof held)[0]);
  held[0]?.end({});
  await expect.poll(() => operations.list().length).toBe(15);
  start(async () => {});
  await operations.settle();
});

describe('progress', () => {
  afterEach(() => vi.useRealTimers());

  test('of a fast step is told now and then, of a new step at once', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const { events, operations, start } = running();
    start(async ({ progress }) => {
      for (let done = 0; done < 400; done++) {
        progress('reading', done, 400);
        vi.advanceTimersByTime(1);
      }
      progress('writing', 0, 10);
      progress('writing', 1, 10);
    });
    await operations.settle();
    const reported = events.filter((event) => event.kind === 'progress');
    expect(reported).toHaveLength(6);
    expect(reported[0]).toMatchObject({ step: 'reading', done: 0, total: 400, cancellable: true });
    expect(reported.at(-1)).toMatchObject({ step: 'writing', done: 0 });
  });

  test('says a rate once there is enough to tell it from', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const { events, operations, start } = running();
    start(async ({ progress }) => {
      progress('reading', 0);
      vi.advanceTimersByTime(700);
      progress('reading', 7_000);
    });
    await operations.settle();
    const [first, last] = events.filter((event) => event.kind === 'progress');
    expect(first).not.toHaveProperty('rowsPerSecond');
    expect(last?.rowsPerSecond).toBe(10_000);
  });

  test('that comes after the end is told to nobody', async () => {
    const { events, operations, start } = running();
    const held = heldWork();
    start(held.run);
    await started(held);
    held.end({});
    await operations.settle();
    held.work().progress('late', 1);
    held.work().pastCancelling();
    expect(events.map(({ kind }) => kind)).toEqual(['done']);
  });
});

describe('calling off', () => {
  test('reaches the work, which fails as cancelled', async () => {
    const { events, operations, start } = running();
    const held = heldWork();
    const operation = start(held.run);
    await started(held);
    operations.cancel(operation);
    operations.cancel(operation);
    await operations.settle();
    expect(events).toEqual([
      { kind: 'failed', operation, error: expect.objectContaining({ code: 'cancelled' }) },
    ]);
  });

  test('does nothing past the point where nothing is interrupted, and this is told', async () => {
    const { events, operations, start } = running();
    const held = heldWork();
    const operation = start(held.run);
    await started(held);
    held.work().pastCancelling();
    held.work().progress('committing', 0);
    operations.cancel(operation);
    expect(held.work().signal.aborted).toBe(false);
    expect(operations.list()).toMatchObject([{ cancellable: false }]);
    held.end({ committed: true });
    await operations.settle();
    expect(events).toEqual([
      expect.objectContaining({ kind: 'progress', step: 'committing', cancellable: false }),
      { kind: 'done', operation, value: { committed: true } },
    ]);
  });

  test('of what is not there does nothing', () => {
    const { operations } = running();
    for (const id of ['0b1f0a52-7a0e-4c53-9d3e-111111111111', '__proto__', '']) operations.cancel(id);
    expect(operations.list()).toEqual([]);
  });

  test('before the work began still reaches it', async () => {
    const { events, operations, start } = running();
    const operation = start(async ({ signal }) => signal.throwIfAborted());
    operations.cancel(operation);
    await operations.settle();
    expect(events).toMatchObject([{ kind: 'failed', error: { code: 'cancelled' } }]);
  });
});

describe('settling', () => {
  test('takes no more work, calls off what can be, waits for what cannot, and tells of all', async () => {
    const { events, operations, start } = running();
    const [free, bound] = [heldWork(), heldWork()];
    start(free.run);
    start(bound.run);
    await started(free);
    await started(bound);
    bound.work().pastCancelling();
    const settling = operations.settle();
    expect(() => start(async () => {})).toThrowError(
      expect.objectContaining({ code: 'request-refused', message: expect.stringContaining('quitting') }),
    );
    expect(await Promise.race([settling.then(() => 'settled'), pause(50, 'waiting')])).toBe('waiting');
    expect([free.work().signal.aborted, bound.work().signal.aborted]).toEqual([true, false]);
    bound.end({});
    await settling;
    expect(events.map(({ kind }) => kind)).toEqual(['failed', 'done']);
    expect(operations.list()).toEqual([]);
  });
});

async function started(held: ReturnType<typeof heldWork>): Promise<void> {
  await expect.poll(() => held.work(), { interval: 1 }).toBeDefined();
}
