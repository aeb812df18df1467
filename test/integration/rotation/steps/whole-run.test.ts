import { expect, test } from 'vitest';
import { expectUndone, type RotatedRows, rowsToRotate } from '#test/support/databases/rotated-rows';

// A rotation by its services alone, with others between its steps.

const allOld = { from: 20, to: 0 };
const allNew = { from: 0, to: 20 };
const journalOf = async ({ database }: RotatedRows) =>
  (await database.client.query('SELECT * FROM keel.rotation')).rows;

test('a rotation brings every row, the ring, the record and the journal to the new key, and leaves nothing else', async () => {
  await using rows = await rowsToRotate();
  let recorded: any;
  const result = await rows.rotate({
    staged: async (_, record) => {
      recorded = record;
    },
  });
  expect(result).toMatchObject({ rows: 20, excluded: 0, already: 0, ambiguous: 0 });
  expect(result.columns).toMatchObject([{ rewritten: 20, left: 0, excluded: 0 }]);
  expect(result.undropped).toBeUndefined();
  expect(await rows.opened()).toEqual(allNew);
  expect(await rows.states()).toEqual(['committed']);
  expect(await rows.ringStates()).toEqual(['retired', 'active']);
  expect(await rows.keelTables()).toEqual(['rotation']);
  const { from, to } = rows.keys;
  const [record] = await rows.records.list();
  expect(recorded).toMatchObject({ state: 'cutover', cutover: { place: 'schema', bothKeys: false } });
  expect(record?.cutover).toEqual(recorded.cutover);
  expect(record?.backends).toHaveLength(2);
  expect(await journalOf(rows)).toMatchObject([
    {
      id: record?.id,
      from_key: from.fingerprint,
      to_key: to.fingerprint,
      xid: recorded.cutover.xid,
      row_count: '20',
    },
  ]);
});

test('a rehearsal does the same, and changes nothing', async () => {
  await using rows = await rowsToRotate();
  expect(await rows.rehearse()).toMatchObject({ rows: 20 });
  expect(await rows.opened()).toEqual(allOld);
  expect(await rows.keelTables()).toBeUndefined();
});

test('a rehearsal meets what is deferred to COMMIT', async () => {
  await using rows = await rowsToRotate(
    `ALTER TABLE vault ADD UNIQUE (s);
     CREATE TABLE copies (s text REFERENCES vault (s) DEFERRABLE INITIALLY DEFERRED);
     INSERT INTO copies SELECT s FROM vault WHERE id = 9`,
  );
  await expect(rows.rehearse()).rejects.toThrow('copies');
  expect(await rows.opened()).toEqual(allOld);
});

test('rows that came, changed and went after staging are counted as they are', async () => {
  await using rows = await rowsToRotate();
  const { client } = rows.database;
  const result = await rows.rotate({
    staged: async () => {
      for (const id of [21, 22, 23]) await rows.add(id);
      await client.query('DELETE FROM vault WHERE id <= 2; UPDATE vault SET n = 1 WHERE id = 3');
    },
  });
  expect(result).toMatchObject({ rows: 21 });
  expect(result.columns).toMatchObject([{ rewritten: 21, left: 0 }]);
  expect(await rows.opened()).toEqual({ from: 0, to: 21 });
  expect(await journalOf(rows)).toMatchObject([{ row_count: '21' }]);
  expect(await rows.keelTables()).toEqual(['rotation']);
});

test('a late row that opens under no known key stops it', async () => {
  await using rows = await rowsToRotate();
  const { client } = rows.database;
  const late = rows.rotate({
    staged: () => client.query(`INSERT INTO vault VALUES (21, $1)`, [Buffer.alloc(48, 7).toString('base64')]),
  });
  await expect(late).rejects.toMatchObject({ code: 'rows-unopened' });
  expect(await rows.opened()).toEqual(allOld);
  expect(await rows.states()).toEqual(['rolled-back']);
});

test.each([
  ['changed', `UPDATE keel.%s SET n0 = (SELECT n0 FROM keel.%s WHERE k0 = 8) WHERE k0 = 7`],
  ['taken away', 'DELETE FROM keel.%s WHERE k0 = 7'],
])('a staged row that is %s meanwhile stops it before COMMIT', async (_, sql) => {
  await using rows = await rowsToRotate();
  const tampered = rows.rotate({
    staged: async () => {
      const staging = (await rows.keelTables())?.find((name) => name.startsWith('staged_')) as string;
      await rows.database.client.query(sql.replaceAll('%s', staging));
    },
  });
  await expect(tampered).rejects.toMatchObject({ code: 'verification-failed' });
  await expectUndone(rows);
});

test('a trigger that is made after the checks stops it before a row is written', async () => {
  await using rows = await rowsToRotate();
  const { client } = rows.database;
  const altered = rows.rotate({
    staged: () =>
      client.query(
        `CREATE FUNCTION act() RETURNS trigger LANGUAGE plpgsql AS
           $$ BEGIN IF NEW.id = 4 THEN NEW.s := upper(NEW.s); END IF; RETURN NEW; END $$;
         CREATE TRIGGER act BEFORE UPDATE ON vault FOR EACH ROW EXECUTE FUNCTION act()`,
      ),
  });
  await expect(altered).rejects.toMatchObject({ code: 'preflight-stopped' });
  await expectUndone(rows);
});

test.for([
  [
    'a column that takes its name',
    'ALTER TABLE vault RENAME COLUMN s TO s_v1; ALTER TABLE vault ADD COLUMN s text',
  ],
  ['a column that is no part of it', 'ALTER TABLE vault ADD COLUMN more text'],
])('a migration after the checks stops it before a row is written: %s', async ([, migration]) => {
  await using rows = await rowsToRotate();
  const run = rows.rotate({ staged: () => rows.database.client.query(migration as string) });
  await expect(run).rejects.toMatchObject({
    code: 'preflight-stopped',
    message: expect.stringContaining('public.vault has other columns or partitions'),
  });
  expect(await rows.states()).toEqual(['rolled-back']);
});

test('a partition that is detached after the checks stops it', async () => {
  await using rows = await rowsToRotate(`
    ALTER TABLE vault RENAME TO one;
    CREATE TABLE vault (LIKE one INCLUDING ALL) PARTITION BY RANGE (id);
    ALTER TABLE vault ATTACH PARTITION one FOR VALUES FROM (0) TO (1000)`);
  const run = rows.rotate({
    staged: () => rows.database.client.query('ALTER TABLE vault DETACH PARTITION one'),
  });
  await expect(run).rejects.toMatchObject({ code: 'preflight-stopped' });
});

test('staging tables of other sessions stay', async () => {
  await using rows = await rowsToRotate(
    'CREATE SCHEMA keel; CREATE TABLE keel.staged_ffffffff_0 (k0 int); CREATE TABLE keel.notes (n int)',
  );
  await rows.rotate();
  expect(await rows.keelTables()).toEqual(['notes', 'rotation', 'staged_ffffffff_0']);
});

test('with temporary staging no journal is written, and every row is rewritten', async () => {
  await using rows = await rowsToRotate();
  expect(await rows.rotate({ place: 'temporary' })).toMatchObject({ rows: 20 });
  expect(await rows.opened()).toEqual(allNew);
  expect(await rows.keelTables()).toBeUndefined();
  const [record] = await rows.records.list();
  expect(record).toMatchObject({ state: 'committed', cutover: { place: 'temporary', bothKeys: false } });
});

test('a lock that somebody holds too long is waited for in vain', async () => {
  await using rows = await rowsToRotate();
  const { client } = rows.database;
  const hindered = rows.rotate({
    lockTimeoutMs: 50,
    staged: () => client.query('BEGIN; LOCK TABLE vault IN ROW EXCLUSIVE MODE'),
  });
  await expect(hindered).rejects.toMatchObject({ code: 'lock-timeout' });
  await client.query('ROLLBACK');
  await expectUndone(rows);
});

test('while the tables are locked, others read and do not write', async () => {
  await using rows = await rowsToRotate();
  const { client } = rows.database;
  await client.query(`SET lock_timeout = '50ms'`);
  await rows.rotate({
    commit: async (_, send) => {
      expect(await rows.opened()).toEqual(allOld);
      await expect(client.query('UPDATE vault SET n = 2')).rejects.toThrow('lock timeout');
      return send();
    },
  });
  expect(await rows.opened()).toEqual(allNew);
});

test('a new key without a proven artefact is not rotated to; an undo to it is', async () => {
  await using rows = await rowsToRotate();
  const list = async () => (await rows.ring.list()).map((entry) => ({ ...entry, proofs: [] }));
  await expect(rows.rotate({ ring: { list } })).rejects.toMatchObject({ code: 'artefact-missing' });
  expect(await rows.opened()).toEqual(allOld);
  await rows.rotate({ ring: { list }, purpose: 'undo' });
  expect(await rows.opened()).toEqual(allNew);
});

test.each([{ destroyingSince: '2026-01-01T00:00:00.000Z' }, { state: 'destroyed' as const }])(
  'a key that is being destroyed stops it: %o',
  async (sign) => {
    await using rows = await rowsToRotate();
    const list = async () => {
      const [from, to] = await rows.ring.list();
      return [from, { ...to, ...sign }] as Awaited<ReturnType<typeof rows.ring.list>>;
    };
    await expect(rows.rotate({ ring: { list } })).rejects.toMatchObject({ code: 'key-needed' });
    expect(await rows.opened()).toEqual(allOld);
  },
);

test('a rotation that would rewrite nothing does not pass for one that succeeded', async () => {
  await using rows = await rowsToRotate();
  await rows.database.client.query('UPDATE vault SET s = NULL');
  await expect(rows.rotate()).rejects.toMatchObject({ code: 'nothing-to-rotate' });
  expect(await rows.states()).toEqual(['rolled-back']);
});

test('where all values are already encrypted with the target key it says so, with their number', async () => {
  await using rows = await rowsToRotate();
  await rows.rotate();
  const keys = { ...rows.keys, toMayBePresent: true, inDoubt: 'stop' as const };
  await expect(rows.rotate({ keys, purpose: 'sweep' })).rejects.toMatchObject({
    code: 'already-rotated',
    message: expect.stringContaining('all 20 values are already encrypted with the target key'),
  });
});
