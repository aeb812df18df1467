import { setImmediate as tick } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createProbePool } from '#connections/probes/probe-pool';

/** Jobs that end when told. */
function jobs() {
  const running: string[] = [];
  const ends = new Map<string, (error?: Error) => void>();
  const job = (name: string) => () =>
    new Promise<void>((resolve, reject) => {
      running.push(name);
      ends.set(name, (error) => {
        running.splice(running.indexOf(name), 1);
        if (error) reject(error);
        else resolve();
      });
    });
  return { running, job, end: (name: string, error?: Error) => ends.get(name)?.(error) };
}

test('no more run at once than allowed, and of one host no more than its share', async () => {
  const { running, job, end } = jobs();
  const pool = createProbePool({ overall: 3, perHost: 2, waiting: 100 });
  for (const name of ['a1', 'a2', 'a3', 'b1', 'b2']) await pool.take(name[0] ?? '', job(name));
  expect(running).toEqual(['a1', 'a2', 'b1']);
  end('b1');
  await tick();
  expect(running).toEqual(['a1', 'a2', 'b2']);
  end('a1');
  await tick();
  expect(running).toEqual(['a2', 'b2', 'a3']);
  for (const name of ['a2', 'a3', 'b2']) end(name);
  await pool.settle();
  expect(running).toEqual([]);
});

test('who brings more than may wait waits', async () => {
  const { job, end } = jobs();
  const pool = createProbePool({ overall: 1, perHost: 1, waiting: 2 });
  await pool.take('h', job('1'));
  await pool.take('h', job('2'));
  let taken = false;
  const third = pool.take('h', job('3')).then(() => (taken = true));
  await tick();
  expect(taken).toBe(false);
  end('1');
  await third;
  expect(taken).toBe(true);
  end('2');
  await tick();
  end('3');
  await pool.settle();
});

test('after a job that failed no other is begun, and its error is told', async () => {
  const { running, job, end } = jobs();
  const pool = createProbePool({ overall: 1, perHost: 1, waiting: 10 });
  await pool.take('h', job('1'));
  await pool.take('h', job('2'));
  end('1', new Error('called off'));
  await expect(pool.settle()).rejects.toThrow('called off');
  expect(running).toEqual([]);
  await expect(pool.take('h', job('3'))).rejects.toThrow('called off');
});
