import { expect, test } from 'vitest';
import { KeelError } from '#errors/keel-error';
import { expectUndone, type RotatedRows, rowsToRotate } from '#test/support/databases/rotated-rows';

// A rotation of a real table, and what others do between its steps: all rows are under the new key then, or none is.

const undone = (rows: RotatedRows, count = 20) =>
  expect(rows.opened()).resolves.toEqual({ from: count, to: 0 });
const journal = async ({ database }: RotatedRows) =>
  (await database.client.query('SELECT row_count::int AS count FROM keel.rotation')).rows;

test('a row that came for one that went is rewritten, though as many are there as were staged', async () => {
  await using rows = await rowsToRotate();
  const result = await rows.rotate({
    staged: async () => {
      await rows.database.client.query('DELETE FROM vault WHERE id = 1');
      await rows.add(21);
    },
  });
  expect(result.columns).toMatchObject([{ rewritten: 20, left: 0 }]);
  expect(await rows.opened()).toEqual({ from: 0, to: 20 });
  expect(await journal(rows)).toEqual([{ count: 20 }]);
});

test('the journal says how many rows were written, late ones among them', async () => {
  await using rows = await rowsToRotate();
  await rows.rotate({
    staged: async () => {
      for (const id of [21, 22, 23]) await rows.add(id);
    },
  });
  expect(await rows.opened()).toEqual({ from: 0, to: 23 });
  expect(await journal(rows)).toEqual([{ count: 23 }]);
});

test('a late row that no key decrypts stops it', async () => {
  await using rows = await rowsToRotate();
  const late = [21, Buffer.alloc(48, 7).toString('base64')];
  const staged = () => rows.database.client.query('INSERT INTO vault VALUES ($1, $2)', late);
  await expect(rows.rotate({ staged })).rejects.toMatchObject({ code: 'rows-unopened' });
  await undone(rows);
  expect(await rows.states()).toEqual(['rolled-back']);
});

test('a late row that was staged as something else stops it before COMMIT', async () => {
  // it is written and found as it was staged, so that only decrypting it tells
  await using rows = await rowsToRotate(`
    CREATE FUNCTION swap() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      NEW.n0 := (SELECT s FROM public.vault WHERE id = 7); RETURN NEW; END $$;
    CREATE FUNCTION watch() RETURNS event_trigger LANGUAGE plpgsql AS $$ DECLARE made record; BEGIN
      FOR made IN SELECT object_identity AS name FROM pg_event_trigger_ddl_commands() WHERE object_identity LIKE 'keel.delta%' LOOP
        EXECUTE format('CREATE TRIGGER swap BEFORE INSERT ON %s FOR EACH ROW EXECUTE FUNCTION public.swap()', made.name);
      END LOOP; END $$;
    CREATE EVENT TRIGGER watch ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION watch()`);
  const rotated = rows.rotate({ staged: () => rows.add(21) });
  await expect(rotated).rejects.toMatchObject({
    code: 'verification-failed',
    message: expect.stringContaining('id=21'),
  });
  await undone(rows, 21);
});

test('a staged row that is altered before it is written stops it before COMMIT', async () => {
  await using rows = await rowsToRotate();
  const staged = async () => {
    const [table] = (await rows.keelTables()) ?? [];
    await rows.database.client.query(
      `UPDATE keel.${table} SET n0 = (SELECT n0 FROM keel.${table} WHERE k0 = 8) WHERE k0 = 7`,
    );
  };
  await expect(rows.rotate({ staged })).rejects.toMatchObject({ code: 'verification-failed' });
  await expectUndone(rows);
});

test('what is called off when all is written and compared is rolled back', async () => {
  await using rows = await rowsToRotate();
  const controller = new AbortController();
  let compared = 0;
  const cancelled = rows.rotate({
    signal: controller.signal,
    // what the connections are told is too late then
    staged: async (session) => void Object.assign(session, { cancel: () => undefined }),
    onProgress: ({ step, done }) => {
      if (step === 'verifying' && done === 20 && ++compared === 2) controller.abort();
    },
  });
  await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
  expect(compared).toBe(2);
  await expectUndone(rows);
});

test('what is called off as COMMIT is under way is committed, and the server is not told to stop', async () => {
  await using rows = await rowsToRotate();
  const controller = new AbortController();
  let told = 0;
  await rows.rotate({
    signal: controller.signal,
    commit: async (session, send) => {
      Object.assign(session, { cancel: () => void told++ });
      controller.abort();
      return send();
    },
  });
  expect(told).toBe(0);
  expect(await rows.opened()).toEqual({ from: 0, to: 20 });
  expect(await rows.states()).toEqual(['committed']);
});

test('where the ring fails after COMMIT the record stays open, and so it does not say what the ring does not know', async () => {
  await using rows = await rowsToRotate();
  const { to } = rows.keys;
  const activate: typeof rows.ring.activate = async (fingerprint, how) => {
    if (fingerprint !== to.fingerprint) return rows.ring.activate(fingerprint, how);
    throw new KeelError('file-unwritable', 'the disk is full', 'free some space');
  };
  await expect(rows.rotate({ ring: { activate } })).rejects.toMatchObject({
    code: 'rotation-unsettled',
    message: expect.stringContaining(`encrypted with the new key ${to.fingerprint}`),
  });
  expect(await rows.states()).toEqual(['cutover']);
  expect(await rows.ringStates()).toEqual(['active', 'pending']);
});

test('where the new key is being destroyed, or no backup of it was tested, nothing begins', async () => {
  await using rows = await rowsToRotate();
  for (const [code, sign] of [
    ['key-needed', { destroyingSince: '2026-01-01T00:00:00.000Z' }],
    ['key-needed', { state: 'destroyed' as const }],
    ['artefact-missing', { proofs: [] }],
  ] as const) {
    const list = async () => {
      const [from, to] = await rows.ring.list();
      return [from, { ...to, ...sign }] as Awaited<ReturnType<typeof rows.ring.list>>;
    };
    await expect(rows.rotate({ ring: { list } })).rejects.toMatchObject({ code });
    await undone(rows);
    expect(await rows.keelTables()).toBeUndefined();
  }
  expect(await rows.states()).toEqual(['rolled-back', 'rolled-back', 'rolled-back']);
  expect(await rows.ringStates()).toEqual(['active', 'pending']);
});
