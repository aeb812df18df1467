import { expect, test } from 'vitest';
import { connectionRoom } from '#fleet/connection-room';
import { KeelError } from '#errors/keel-error';
import { fromDriverError } from '#postgres/connection-errors';

const full = () =>
  fromDriverError(
    Object.assign(new Error('sorry, too many clients already'), { code: '53300', severity: 'FATAL' }),
    'connecting',
  );

/** A server with so many connections, of which each piece of work takes two, one after the other. */
function server(connections: number) {
  let left = connections;
  let failures = 0;
  return {
    failures: () => failures,
    work: async () => {
      let held = 0;
      try {
        for (; held < 2; held++) {
          if (left === 0) {
            failures += 1;
            throw full();
          }
          left -= 1;
          await new Promise((later) => setTimeout(later, 1));
        }
        return 'done';
      } finally {
        left += held;
      }
    },
  };
}

const patience = { waitMs: 5_000, pauseMs: 1 };

test('work on a server with room for one at a time is all done, however many begin', async () => {
  const { work, failures } = server(2);
  const room = connectionRoom(new AbortController().signal, patience);
  const done = await Promise.all(Array.from({ length: 20 }, (_, i) => room(`org_${i}`, work)));
  expect(new Set(done)).toEqual(new Set(['done']));
  expect(failures()).toBeGreaterThan(0);
});

test('a server that lets nobody in fails after a while, and keeps no other server waiting', async () => {
  const room = connectionRoom(new AbortController().signal, { waitMs: 20, pauseMs: 1 });
  const refused = room('db2:5432/org_1', async () => {
    throw full();
  });
  expect(await room('org_1', server(4).work)).toBe('done');
  await expect(refused).rejects.toMatchObject({
    code: 'server-unreachable',
    message: expect.stringMatching(/no free connections.*passed without one becoming free$/),
  });
});

test('what fails for another reason is not done again', async () => {
  let times = 0;
  const room = connectionRoom(new AbortController().signal, patience);
  const failing = room('org_1', async () => {
    times += 1;
    throw new KeelError('key-wrong', 'no', 'none');
  });
  await expect(failing).rejects.toMatchObject({ code: 'key-wrong' });
  expect(times).toBe(1);
});

test('nothing is waited for once it is called off', async () => {
  const controller = new AbortController();
  const room = connectionRoom(controller.signal, { waitMs: 60_000, pauseMs: 60_000 });
  const refused = room('org_1', async () => {
    throw full();
  });
  controller.abort();
  await expect(refused).rejects.toMatchObject({ code: 'server-unreachable' });
});
