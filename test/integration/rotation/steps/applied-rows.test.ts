import { expect, test } from 'vitest';
import { assertApplied } from '#rewrite/applied';
import { applyCompared, applyStaged } from '#rewrite/staging-table';
import { beginWriting } from '#rewrite/writing-transaction';
import { type StagedRows, stageByHand } from '#test/support/databases/staged-rows';

// Staged rows are written where the table still holds what was read, and then looked for.

const damaged = { code: 'verification-failed' };

/** Five rows staged, of a table whose sixth is nobody's business. */
async function fiveRows(setup?: string): Promise<StagedRows> {
  const made = await stageByHand(setup);
  for (let id = 1; id <= 5; id++) await made.add(id);
  await made.client.query(`INSERT INTO public.vault VALUES (6, 'of nobody', '{}')`);
  return made;
}

test('all of them are written and found, and no other row is', async () => {
  await using rows = await fiveRows();
  const { client, staging, target } = rows;
  const before = await client.query('SELECT * FROM public.vault WHERE id = 6');
  const { xid } = await beginWriting(client);
  expect(await applyCompared(client, staging, 5)).toEqual({ written: 5, same: 5 });
  await expect(assertApplied(client, target, [staging], xid, 5)).resolves.toBeUndefined();
  await client.query('COMMIT');
  expect((await client.query('SELECT * FROM public.vault WHERE id = 6')).rows).toEqual(before.rows);
  const { rows: equal } = await client.query(
    `SELECT FROM public.vault v JOIN ${staging.sql} s ON s.k0 = v.id AND s.n0 = v.s AND s.n1 = v.doc`,
  );
  expect(equal).toHaveLength(5);
});

test.each(['s', 'doc'])('a row whose %s was changed since it was read is left as it is', async (column) => {
  await using rows = await fiveRows();
  const { client, staging } = rows;
  await client.query(`UPDATE public.vault SET ${column} = 'changed meanwhile' WHERE id = 3`);
  await beginWriting(client);
  expect(await applyStaged(client, staging)).toBe(4);
  expect(await applyStaged(client, staging)).toBe(0);
  const { rows: found } = await client.query(`SELECT ${column} AS cell FROM public.vault WHERE id = 3`);
  expect(found).toEqual([{ cell: 'changed meanwhile' }]);
  await client.query('ROLLBACK');
});

test('a row that a trigger writes otherwise is counted as not the same', async () => {
  await using rows = await fiveRows(
    `CREATE FUNCTION act() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN IF NEW.id = 4 THEN NEW.doc := NEW.doc || ' '; END IF; RETURN NEW; END $$;
     CREATE TRIGGER act BEFORE UPDATE ON vault FOR EACH ROW EXECUTE FUNCTION act()`,
  );
  const { client, staging, target } = rows;
  const { xid } = await beginWriting(client);
  expect(await applyCompared(client, staging, 5)).toEqual({ written: 5, same: 4 });
  await expect(assertApplied(client, target, [staging], xid, 5)).rejects.toMatchObject(damaged);
  await client.query('ROLLBACK');
});

test.each([
  ['a row less than was counted', 'SELECT 1', 6],
  ['a row more than was counted', 'SELECT 1', 4],
  ['a row that the transaction wrote beside them', `UPDATE public.vault SET s = s WHERE id = 6`, 5],
  ['a row that is gone again', 'DELETE FROM public.vault WHERE id = 2', 5],
  ['a row that is written once more', `UPDATE public.vault SET s = 'otherwise' WHERE id = 2`, 5],
])('%s fails the check before COMMIT', async (_, also, counted) => {
  await using rows = await fiveRows();
  const { client, staging, target } = rows;
  const { xid } = await beginWriting(client);
  await applyStaged(client, staging);
  await client.query(also);
  await expect(assertApplied(client, target, [staging], xid, counted)).rejects.toMatchObject(damaged);
  await client.query('ROLLBACK');
});

test('rows of two staging tables count together', async () => {
  await using rows = await fiveRows();
  const { client, staging, target } = rows;
  const late = { ...staging, sql: 'keel.delta_01234567_0' };
  await client.query(`CREATE TABLE ${late.sql} (LIKE ${staging.sql});
    WITH moved AS (DELETE FROM ${staging.sql} WHERE k0 > 3 RETURNING *) INSERT INTO ${late.sql} SELECT * FROM moved`);
  const { xid } = await beginWriting(client);
  expect(await applyStaged(client, staging)).toBe(3);
  expect(await applyStaged(client, late)).toBe(2);
  await expect(assertApplied(client, target, [staging, late], xid, 5)).resolves.toBeUndefined();
  await expect(assertApplied(client, target, [staging], xid, 5)).rejects.toMatchObject(damaged);
  await client.query('ROLLBACK');
});
