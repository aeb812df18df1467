import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, test } from 'vitest';
import { readCatalog } from '#postgres/catalog';
import { type TableTarget, resolveInventory, withPlaces } from '#postgres/table-target';
import { assertApplied, assertHeld, writesOnce } from '#rewrite/applied';
import {
  applyCompared,
  applyStaged,
  createStagingTable,
  type StagingTable,
  stagingTable,
} from '#rewrite/staging-table';
import { disableTriggers, findUpdateTriggers, restoreTriggers } from '#rewrite/triggers';
import { beginWriting, checkDeferred, lockTables } from '#rewrite/writing-transaction';
import { base64Column } from '#test/support/databases/foreign-database';
import { type StagedRows, stageByHand } from '#test/support/databases/staged-rows';
import { connectPlainly, sharedServerUrl, urlOf } from '#test/support/postgres/test-database';

// Staged rows are written in one transaction, where the table holds what was read, and looked for before COMMIT. Each test rolls back.

let rows: StagedRows;
let other: pg.Client;
let target: TableTarget;
let staging: StagingTable;

const damaged = { code: 'verification-failed' };
const client = () => rows.client;
const run = (sql: string) => client().query(sql);

beforeAll(async () => {
  rows = await stageByHand(`
    CREATE TABLE second (id int PRIMARY KEY, s text);
    CREATE TABLE parts (id int PRIMARY KEY, s text) PARTITION BY RANGE (id);
    CREATE TABLE narrow (id int PRIMARY KEY, s varchar(8), j jsonb);
    INSERT INTO narrow VALUES (1, 'old', '{"a": 1}');
    CREATE FUNCTION act() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$`);
  ({ target, staging } = rows);
  for (let id = 1; id <= 5; id++) await rows.add(id);
  await run(`INSERT INTO public.vault VALUES (6, 'of nobody', '{}')`);
  const { rows: names } = await run('SELECT current_database() AS name');
  other = await connectPlainly(urlOf(sharedServerUrl(), names[0].name));
});

afterAll(async () => {
  await other.end();
  await rows[Symbol.asyncDispose]();
});

let xid: string;
beforeEach(async () => {
  ({ xid } = await beginWriting(client()));
});
afterEach(() => run('ROLLBACK'));

async function targetsOf(...tables: readonly string[]): Promise<TableTarget[]> {
  const columns = tables.map((table) => base64Column(table));
  return resolveInventory({ version: 1, columns }, await readCatalog(client()));
}

describe('rows that are written', () => {
  test('are found, and each holds what was staged for it', async () => {
    expect(await applyCompared(client(), staging, 5)).toEqual({ written: 5, same: 5 });
    await assertApplied(client(), target, [staging], xid, 5);
    await assertHeld(client(), target, [staging], 5);
  });

  test.each([
    ['one was counted that is not there', 'SELECT 1', 6],
    ['one is there that was not counted', 'SELECT 1', 4],
    ['the transaction wrote another row', `UPDATE public.vault SET s = s WHERE id = 6`, 5],
    ['one is gone again', 'DELETE FROM public.vault WHERE id = 2', 5],
    ['one was written again', `UPDATE public.vault SET doc = doc || ' ' WHERE id = 2`, 5],
  ])('are not taken for whole where %s', async (_, also, counted) => {
    await applyStaged(client(), staging);
    await run(also);
    await expect(assertApplied(client(), target, [staging], xid, counted)).rejects.toMatchObject(damaged);
  });

  test.each([
    ['fewer', 6],
    ['more', 4],
  ])(
    'are not taken for whole where %s hold what was staged, and nobody tells who wrote them',
    async (_, counted) => {
      await applyStaged(client(), staging);
      await expect(assertHeld(client(), target, [staging], counted)).rejects.toMatchObject(damaged);
    },
  );

  test.each(['s', 'doc'])('are not those whose %s is another one than was read', async (column) => {
    await run(`UPDATE public.vault SET ${column} = 'changed meanwhile' WHERE id = 3`);
    expect(await applyStaged(client(), staging)).toBe(4);
    const { rows: found } = await run(`SELECT ${column} AS cell FROM public.vault WHERE id = 3`);
    expect(found).toEqual([{ cell: 'changed meanwhile' }]);
  });

  test('are found by their keys where they moved, and each by its own place where they did not', async () => {
    const placed = withPlaces(target);
    const staged = stagingTable(placed, 'fedcba9876543210', 0, 'schema');
    await createStagingTable(client(), staged);
    await run(
      `INSERT INTO ${staged.sql} SELECT s.k0, t.ctid, o0, o1, n0, n1, note FROM ${staging.sql} AS s JOIN public.vault AS t ON t.id = s.k0`,
    );
    // moved, and somebody else stands where it stood
    await run('UPDATE public.vault SET s = s WHERE id IN (2, 4)');
    await run(`UPDATE ${staged.sql} SET k1 = (SELECT ctid FROM public.vault WHERE id = 6) WHERE k0 = 5`);
    expect(await applyStaged(client(), staged, 5)).toBe(5);
    await assertHeld(client(), placed, [staged], 5);
    const { rows: six } = await run('SELECT s FROM public.vault WHERE id = 6');
    expect(six).toEqual([{ s: 'of nobody' }]);
  });

  test('are refused where the new text does not fit, and documents are compared as documents', async () => {
    const columns = [base64Column('narrow'), { ...base64Column('narrow', 'j'), path: '$.a' }];
    const [narrow] = resolveInventory({ version: 1, columns }, await readCatalog(client())) as [TableTarget];
    const staged = stagingTable(narrow, 'fedcba9876543210', 1, 'schema');
    await createStagingTable(client(), staged);
    const stage = (text: string) =>
      run(
        `TRUNCATE ${staged.sql}; INSERT INTO ${staged.sql} VALUES (1, 'old', '{"a": 1}', '${text}', '{"b":2,  "a":1}')`,
      );
    await stage('new');
    expect(await applyCompared(client(), staged, 1)).toEqual({ written: 1, same: 1 });
    await assertApplied(client(), narrow, [staged], xid, 1);
    await run(`UPDATE public.narrow SET s = 'old', j = '{"a": 1}'`);
    await stage('longer than it is wide');
    await expect(applyStaged(client(), staged)).rejects.toMatchObject({ code: '22001' });
  });
});

describe('the transaction that writes', () => {
  test('is durable when it is committed, whatever the database has set, and sees what others committed', async () => {
    await run(`ROLLBACK; SET synchronous_commit = off; SET default_transaction_isolation = 'serializable'`);
    try {
      await beginWriting(client());
      const { rows: shown } = await run(
        `SELECT current_setting('synchronous_commit') AS durable, current_setting('transaction_isolation') AS isolation`,
      );
      expect(shown).toEqual([{ durable: 'on', isolation: 'read committed' }]);
    } finally {
      await run('ROLLBACK; RESET default_transaction_isolation; SET synchronous_commit = remote_apply');
    }
    await beginWriting(client());
    const { rows: kept } = await run('SHOW synchronous_commit');
    expect(kept).toEqual([{ synchronous_commit: 'remote_apply' }]);
  });

  test('keeps writers and other rotations out until it ends, and lets readers in', async () => {
    await lockTables(client(), [target], 1_000);
    await other.query('SET lock_timeout = 50');
    const refused = { code: '55P03' };
    await expect(other.query('UPDATE public.vault SET s = s WHERE id = 6')).rejects.toMatchObject(refused);
    await expect(other.query('LOCK TABLE public.vault IN SHARE ROW EXCLUSIVE MODE')).rejects.toThrow();
    await expect(
      other.query('BEGIN; LOCK TABLE public.vault IN SHARE ROW EXCLUSIVE MODE'),
    ).rejects.toMatchObject(refused);
    await other.query('ROLLBACK');
    expect((await other.query('SELECT FROM public.vault')).rowCount).toBe(6);
    await run('ROLLBACK');
    await other.query('BEGIN; UPDATE public.vault SET s = s WHERE id = 6');
    await beginWriting(client());
    await expect(lockTables(client(), [target], 50)).rejects.toMatchObject({
      code: 'lock-timeout',
      message: expect.stringContaining('for 50 ms'),
    });
    await other.query('ROLLBACK');
  });

  test('locks tables in one order, in whichever they are listed', async () => {
    const targets = await targetsOf('second', 'vault', 'narrow');
    const said: string[] = [];
    const watched = { query: async (sql: string) => void said.push(sql) } as unknown as pg.Client;
    await lockTables(watched, targets, 100);
    await lockTables(watched, targets.toReversed(), 100);
    expect(said[0]).toBe(said[1]);
  });

  test('checks what was deferred before it is committed', async () => {
    await run(`ALTER TABLE public.second ADD CONSTRAINT later UNIQUE (s) DEFERRABLE INITIALLY DEFERRED;
      INSERT INTO public.second VALUES (1, 'same'), (2, 'same')`);
    await expect(checkDeferred(client())).rejects.toMatchObject({ code: '23505' });
  });
});

describe('an UPDATE', () => {
  const trigger = (when: string) =>
    `CREATE TRIGGER act ${when} ON public.vault EXECUTE FUNCTION public.act()`;
  test.each([
    ['nothing', '', true],
    [
      'a trigger that is off',
      `${trigger('AFTER UPDATE')}; ALTER TABLE public.vault DISABLE TRIGGER act`,
      true,
    ],
    ['a trigger on INSERT', trigger('AFTER INSERT'), true],
    ['a trigger', trigger('AFTER UPDATE'), false],
    [
      'a trigger of replicas',
      `${trigger('AFTER UPDATE')}; ALTER TABLE public.vault ENABLE REPLICA TRIGGER act`,
      false,
    ],
    [
      'a trigger that always fires',
      `${trigger('AFTER UPDATE')}; ALTER TABLE public.vault ENABLE ALWAYS TRIGGER act`,
      false,
    ],
    ['a rule', 'CREATE RULE act AS ON UPDATE TO public.vault DO ALSO NOTIFY act', false],
  ])(
    'beside which the table has %s is all that writes there, or is not taken for it',
    async (_, setup, once) => {
      if (setup) await run(setup);
      expect(await writesOnce(client(), target)).toBe(once);
    },
  );

  test('of a partitioned table is not all that writes there where a partition has a trigger', async () => {
    await run('CREATE TABLE public.part PARTITION OF public.parts DEFAULT');
    const [parts] = (await targetsOf('parts')) as [TableTarget];
    expect(await writesOnce(client(), parts)).toBe(true);
    await run(trigger('BEFORE UPDATE').replace('public.vault', 'public.part FOR EACH ROW'));
    expect(await writesOnce(client(), parts)).toBe(false);
  });
});

test('triggers are switched off for the transaction, and on again as each of them was', async () => {
  const names = ['a_usual', 'b_replica', 'c_always', 'd_off'];
  for (const name of names)
    await run(`CREATE TRIGGER ${name} AFTER UPDATE ON public.vault EXECUTE FUNCTION public.act()`);
  await run(
    `ALTER TABLE public.vault ENABLE REPLICA TRIGGER b_replica, ENABLE ALWAYS TRIGGER c_always, DISABLE TRIGGER d_off`,
  );
  const states = async () => {
    const { rows: found } = await run(
      `SELECT string_agg(tgenabled::text, '' ORDER BY tgname) AS states FROM pg_trigger WHERE tgrelid = 'public.vault'::regclass`,
    );
    return found[0].states as string;
  };
  const found = await findUpdateTriggers(client(), [target], { mayAlter: true });
  expect(found.map(({ name, enabled }) => [name, enabled])).toEqual([
    ['a_usual', 'O'],
    ['b_replica', 'R'],
    ['c_always', 'A'],
  ]);
  await disableTriggers(client(), found);
  expect(await states()).toBe('DDDD');
  await restoreTriggers(client(), found);
  expect(await states()).toBe('ORAD');
});
