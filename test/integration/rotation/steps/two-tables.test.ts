import { expect, test } from 'vitest';
import { base64, base64Column, openBase64 } from '#test/support/databases/foreign-database';
import { expectUndone, type RotatedRows, rowsToRotate } from '#test/support/databases/rotated-rows';

// What a rotation of several tables does with each of them, and what it tells meanwhile.

const second = `CREATE TABLE second (id int PRIMARY KEY, s text, touched int DEFAULT 0);
  CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.touched := NEW.touched + 1; RETURN NEW; END $$;
  CREATE TRIGGER touch BEFORE UPDATE ON second FOR EACH ROW EXECUTE FUNCTION touch()`;
const inventory = { version: 1 as const, columns: [base64Column(), base64Column('second')] };
const accepted = ['other-sessions', 'too-short'] as const;

/** Twenty rows in each of two tables, of which the second has a trigger. */
async function twoTables(): Promise<RotatedRows> {
  const rows = await rowsToRotate(second);
  for (let id = 1; id <= 20; id++) await addTo(rows, 'second', id, `{"password": "second number ${id}"}`);
  return rows;
}

async function addTo(rows: RotatedRows, table: string, id: number, text: string): Promise<string> {
  const cell = base64(text, rows.keys.from.bytes);
  await rows.database.client.query(`INSERT INTO ${table} VALUES ($1, $2)`, [id, cell]);
  return cell;
}

const cellOf = async ({ database }: RotatedRows, table: string, id: number): Promise<string> =>
  (await database.client.query(`SELECT s FROM ${table} WHERE id = $1`, [id])).rows[0].s;

test('late rows are judged by what their own table showed, and each step is told with its rows', async () => {
  await using rows = await twoTables();
  // one of the first table proves that short values are usual there; none is in the second
  for (let id = 21; id <= 45; id++) await addTo(rows, 'vault', id, `pin${id}`);
  const left: string[] = [];
  const steps: { step: string; done: number; total?: number }[] = [];
  const result = await rows.rotate({
    inventory,
    accepted,
    onProgress: (progress) => void steps.push(progress),
    staged: async () => {
      await rows.database.client.query('UPDATE second SET touched = 0');
      await addTo(rows, 'vault', 50, '{"password": "late"}');
      await addTo(rows, 'second', 50, '{"password": "late"}');
      left.push(await addTo(rows, 'second', 51, 'a'));
    },
  });
  expect(result.columns.map(({ rewritten, left, excluded }) => [rewritten, left, excluded])).toEqual([
    [46, 0, 0],
    [21, 1, 1],
  ]);
  expect(result).toMatchObject({ rows: 67, excluded: 1 });
  expect(await cellOf(rows, 'second', 51)).toBe(left[0]);
  expect(openBase64(await cellOf(rows, 'second', 50), rows.keys.to.bytes)).toContain('late');
  const { rows: touched } = await rows.database.client.query('SELECT sum(touched)::int AS sum FROM second');
  // by the test's own update alone, and the trigger is back
  expect(touched).toEqual([{ sum: 20 }]);
  await rows.database.client.query('UPDATE second SET s = s WHERE id = 1');
  const again = await rows.database.client.query('SELECT touched FROM second WHERE id = 1');
  expect(again.rows).toEqual([{ touched: 2 }]);
  const { rows: journal } = await rows.database.client.query(
    'SELECT row_count::int AS count FROM keel.rotation',
  );
  expect(journal).toEqual([{ count: 67 }]);

  expect(steps[0]).toMatchObject({ step: 'staging', done: 0 });
  expect(steps.filter(({ step }) => step === 'staging').at(-1)).toMatchObject({ done: 65 });
  expect(steps).toContainEqual({ step: 'locking', done: 0 });
  expect(steps.filter(({ step }) => step === 'cutover')).toEqual([
    { step: 'cutover', done: 0, total: 65 },
    { step: 'cutover', done: 45, total: 65 },
  ]);
  expect(steps.filter(({ step }) => step === 'delta')).toEqual([
    { step: 'delta', done: 65, total: 65 },
    { step: 'delta', done: 66, total: 65 },
  ]);
  expect(steps).toContainEqual({ step: 'verifying', done: 67, total: 65 });
  expect(steps).toContainEqual({ step: 'verifying', done: 65, total: 65 });
  expect(steps.slice(-2)).toEqual([
    { step: 'committing', done: 67 },
    { step: 'committed', done: 67 },
  ]);
});

test('a second table that is damaged meanwhile undoes the first', async () => {
  await using rows = await twoTables();
  const damaged = rows.rotate({
    inventory,
    accepted,
    staged: async () => {
      const staging = (await rows.keelTables())?.find((name) => /^staged_.*_1$/.test(name));
      await rows.database.client.query(
        `UPDATE keel.${staging} SET n0 = (SELECT n0 FROM keel.${staging} WHERE k0 = 8) WHERE k0 = 7`,
      );
    },
  });
  await expect(damaged).rejects.toMatchObject({ code: 'verification-failed' });
  await expectUndone(rows);
});

test('a late value that nobody can vouch for stops it, in the second table too', async () => {
  await using rows = await twoTables();
  const stopped = rows.rotate({
    inventory,
    accepted: ['other-sessions'],
    staged: () => addTo(rows, 'second', 51, 'a'),
  });
  await expect(stopped).rejects.toMatchObject({
    code: 'rows-ambiguous',
    message: expect.stringContaining('public.second.s: 1 (id=51)'),
  });
  await expectUndone(rows);
});

test('what a trigger of one table writes to another one stops it before COMMIT', async () => {
  await using rows = await rowsToRotate(`
    CREATE TABLE history (id int PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY (START 100), s text);
    CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN INSERT INTO public.history (s) VALUES (OLD.s); RETURN NULL; END $$;
    CREATE TRIGGER keep AFTER UPDATE ON vault FOR EACH ROW EXECUTE FUNCTION keep();
    CREATE FUNCTION refuse() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'refused'; END $$;
    CREATE EVENT TRIGGER policy ON ddl_command_start WHEN tag IN ('ALTER TABLE') EXECUTE FUNCTION refuse()`);
  for (let id = 1; id <= 20; id++) await addTo(rows, 'history', id, `{"password": "earlier number ${id}"}`);
  for (const columns of [
    [base64Column(), base64Column('history')],
    [base64Column('history'), base64Column()],
  ]) {
    const rotated = rows.rotate({
      inventory: { version: 1, columns },
      accepted: [...accepted, 'triggers', 'unlisted-columns'],
    });
    await expect(rotated).rejects.toMatchObject({
      code: 'verification-failed',
      message: expect.stringContaining('public.history'),
    });
  }
  const { rows: kept } = await rows.database.client.query('SELECT s FROM history ORDER BY id');
  expect(
    kept.map(({ s }) => openBase64(s, rows.keys.from.bytes)).every((text) => text.includes('earlier')),
  ).toBe(true);
  expect(kept).toHaveLength(20);
});
