import { expect, test } from 'vitest';
import type { AppEvent } from '#contract/app';
import type { Reply } from '#contract/procedures';
import { createClient } from '../../../src-renderer/client.ts';

const operation = '4f3c2b1a-0000-4000-8000-000000000001';
const stopped = { code: 'cancelled', message: 'cancelled; nothing was changed', remedy: 'start it again' };

/** A main process whose answers and events the test decides. */
function bridge(answer: (name: string, input: unknown) => Reply | Promise<Reply>) {
  const calls: { name: string; input: unknown }[] = [];
  const listeners = new Set<(event: AppEvent) => void>();
  return {
    calls,
    emit: (event: AppEvent) => listeners.forEach((listener) => listener(event)),
    call: async (name: string, input: unknown) => {
      calls.push({ name, input });
      return answer(name, input);
    },
    subscribe: (listener: (event: AppEvent) => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

const starts = (): Reply => ({ ok: true, value: { operation } });
const progress = (done: number): AppEvent => ({
  kind: 'progress',
  operation,
  step: 'staging',
  done,
  total: 10,
  cancellable: true,
});

test('the outcome that comes before the answer with the id is not lost', async () => {
  const main = bridge(() => {
    main.emit(progress(10));
    main.emit({ kind: 'done', operation, value: { environment: 'practice' } });
    return starts();
  });
  const work = createClient(main).run('practice.start', {});
  expect(await work.outcome).toEqual({ ok: true, value: { environment: 'practice' } });
});

test('progress is told in order, and the outcome once', async () => {
  const main = bridge(starts);
  const reported: number[] = [];
  const work = createClient(main).run(
    'practice.start',
    {},
    { onProgress: ({ done }) => reported.push(done) },
  );
  await Promise.resolve();
  setTimeout(() => {
    main.emit(progress(3));
    main.emit(progress(7));
    main.emit({ kind: 'failed', operation, error: stopped });
    main.emit({ kind: 'done', operation, value: {} });
  });
  expect(await work.outcome).toEqual({ ok: false, error: stopped });
  expect(reported).toEqual([0, 3, 7]);
});

test('work that was refused at once ends with that, and leaves nothing to follow', async () => {
  const main = bridge(() => ({ ok: false, error: stopped }));
  const client = createClient(main);
  expect(await client.run('practice.start', {}).outcome).toEqual({ ok: false, error: stopped });
  expect(client.operations.list()).toEqual([]);
});

test('cancelling before the id is known waits for it', async () => {
  const main = bridge((name) => (name === 'operations.cancel' ? { ok: true, value: {} } : starts()));
  await createClient(main).run('practice.start', {}).cancel();
  expect(main.calls.at(-1)).toEqual({ name: 'operations.cancel', input: { operation } });
});

test('work under way is found again after a reload, also where it ends meanwhile', async () => {
  const main = bridge(() => {
    main.emit({ kind: 'done', operation, value: 'result' });
    return {
      ok: true,
      value: [
        {
          operation,
          procedure: 'proof.run',
          environment: 'acme',
          step: 'reading',
          done: 4,
          cancellable: true,
        },
      ],
    };
  });
  const client = createClient(main);
  await client.resume();
  expect(client.operations.list()).toEqual([
    {
      operation,
      procedure: 'proof.run',
      environment: 'acme',
      startedAt: expect.any(Number),
      progress: { step: 'reading', done: 4, cancellable: true },
      outcome: { ok: true, value: 'result' },
    },
  ]);
});

test('of the same work only the last outcome is kept; work under way is never dropped', async () => {
  const ids = ['4f3c2b1a-0000-4000-8000-00000000000a', '4f3c2b1a-0000-4000-8000-00000000000b'];
  const main = bridge(() => starts());
  const { operations } = createClient(main);
  for (const id of ids) {
    operations.track({ operation: id, procedure: 'proof.run', environment: 'acme' });
    operations.forget(id);
    expect(operations.list().map((one) => one.operation)).toEqual([id]);
    main.emit({ kind: 'done', operation: id, value: {} });
  }
  operations.forget(ids[1] ?? '');
  expect(operations.list()).toEqual([]);
});

test('events of strangers do not pile up', () => {
  const main = bridge(starts);
  const { operations } = createClient(main);
  const id = (n: number) => `4f3c2b1a-0000-4000-8000-${String(n).padStart(12, '0')}`;
  for (let n = 0; n < 1000; n += 1) main.emit({ kind: 'done', operation: id(n), value: n });
  operations.track({ operation: id(0), procedure: 'proof.run' });
  operations.track({ operation: id(999), procedure: 'proof.run' });
  expect(operations.list().map(({ outcome }) => outcome)).toEqual([undefined, { ok: true, value: 999 }]);
});

test('a broken bridge is a failure with a remedy, no exception', async () => {
  const main = bridge(() => Promise.reject(new Error('gone')));
  const result = await createClient(main).call('app.state', {});
  expect(result).toMatchObject({ ok: false, error: { code: 'internal' } });
});
