import { expect, test } from 'vitest';
import { expectUndone, rowsToRotate } from '#test/support/databases/rotated-rows';

// What COMMIT, a lost answer and a call for an end leave behind.

const allNew = { from: 0, to: 20 };

test('it commits synchronously where the database does without', async () => {
  await using rows = await rowsToRotate();
  const { client, name } = rows.database;
  await client.query(`ALTER DATABASE ${name} SET synchronous_commit = off`);
  let setting: any;
  await rows.rotate({
    commit: async ({ writer }, send) => {
      setting = (await writer.query('SHOW synchronous_commit')).rows[0];
      return send();
    },
  });
  expect(setting).toEqual({ synchronous_commit: 'on' });
});

test('what is called off before COMMIT is cancelled, and nothing was changed', async () => {
  await using rows = await rowsToRotate();
  const controller = new AbortController();
  const cancelled = rows.rotate({ signal: controller.signal, staged: async () => controller.abort() });
  await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
  await expectUndone(rows);
});

test('what is called off as COMMIT is under way is committed', async () => {
  await using rows = await rowsToRotate();
  const controller = new AbortController();
  await rows.rotate({
    signal: controller.signal,
    commit: async (_, send) => {
      controller.abort();
      return send();
    },
  });
  expect(await rows.opened()).toEqual(allNew);
  expect(await rows.states()).toEqual(['committed']);
});

test('a COMMIT whose answer is lost is found in the journal', async () => {
  await using rows = await rowsToRotate();
  const result = await rows.rotate({
    commit: async (_, send) => {
      await send();
      throw new Error('the answer was lost');
    },
  });
  expect(result).toMatchObject({ rows: 20 });
  expect(await rows.ringStates()).toEqual(['retired', 'active']);
  expect(await rows.states()).toEqual(['committed']);
});

test('a COMMIT that never came to the server is found undone', async () => {
  await using rows = await rowsToRotate();
  const commit = async () => {
    throw new Error('it was never sent');
  };
  await expect(rows.rotate({ commit })).rejects.toThrow('it was never sent');
  await expectUndone(rows);
});

test('a COMMIT that cannot be asked about stays unsettled', async () => {
  await using rows = await rowsToRotate();
  const commit = async (session: object) => {
    const open = async () => {
      throw new Error('no connection');
    };
    Object.assign(session, { open });
    throw new Error('the answer was lost');
  };
  await expect(rows.rotate({ commit })).rejects.toMatchObject({
    code: 'rotation-unsettled',
    message: expect.stringContaining('is not known yet'),
  });
  expect(await rows.states()).toEqual(['cutover']);
  await expect(rows.rotate()).rejects.toMatchObject({ code: 'rotation-unsettled' });
});

test('a commit that was found in the journal counts, also where the line that told of it is cut then', async () => {
  await using rows = await rowsToRotate();
  const commit = async (session: object, send: () => Promise<unknown>) => {
    await send();
    const open = async () => {
      const client = await rows.open();
      const dispose = async () => {
        await client.end();
        throw new Error('the line was cut');
      };
      return Object.assign(client, { [Symbol.asyncDispose]: dispose });
    };
    Object.assign(session, { open });
    throw new Error('the answer was lost');
  };
  await expect(rows.rotate({ commit })).rejects.toMatchObject({
    code: 'rotation-unsettled',
    message: expect.stringContaining('its figures could not be determined'),
  });
  expect(await rows.states()).toEqual(['committed']);
  expect(await rows.ringStates()).toEqual(['retired', 'active']);
});

test('where the ring fails after COMMIT the record stays open, and says that the database is under the new key', async () => {
  await using rows = await rowsToRotate();
  const { to } = rows.keys;
  const activate: typeof rows.ring.activate = async (fingerprint, how) => {
    if (fingerprint === to.fingerprint) throw new Error('the disk is full');
    return rows.ring.activate(fingerprint, how);
  };
  await expect(rows.rotate({ ring: { activate } })).rejects.toMatchObject({
    code: 'rotation-unsettled',
    message: expect.stringContaining(`encrypted with the new key ${to.fingerprint}`),
  });
  expect(await rows.opened()).toEqual(allNew);
  expect(await rows.states()).toEqual(['cutover']);
});
