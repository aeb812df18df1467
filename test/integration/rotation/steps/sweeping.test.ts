import { expect, test } from 'vitest';
import { readCatalog } from '#postgres/catalog';
import { resolveInventory } from '#postgres/table-target';
import { findStragglers, isAllClear, type SweepRequest } from '#rotation/stragglers';
import { base64, openBase64 } from '#test/support/databases/foreign-database';
import { type RotatedRows, rowsToRotate } from '#test/support/databases/rotated-rows';

// After a rotation: what is under the old key again, or may be.

async function sweep(rows: RotatedRows, more: Partial<SweepRequest> = {}) {
  const [last] = await rows.records.list();
  if (!last?.cutover) throw new Error('no rotation is on record');
  await using client = await rows.open();
  return await findStragglers(client, {
    tables: resolveInventory(last.inventory, await readCatalog(client)),
    inventory: last.inventory,
    keys: { ...rows.keys, toMayBePresent: true, inDoubt: 'leave' as const },
    excluded: last.excluded,
    accepted: [],
    others: [],
    known: { xid: last.cutover.xid, under: 'to', leftShort: false },
    ...more,
  });
}

/** A value of two letters that both keys open. */
function ambiguous({ keys: { from, to } }: RotatedRows): string {
  for (;;) {
    const cell = base64('ab', to.bytes);
    if (/^[a-z]{2}$/.test(openBase64(cell, from.bytes))) return cell;
  }
}

test('after a rotation nothing is under the old key', async () => {
  await using rows = await rowsToRotate();
  await rows.rotate();
  let read = 0;
  const found = await sweep(rows, { onRows: (count) => (read += count) });
  expect(found).toMatchObject({ stragglers: 0, ambiguous: 0, problemRows: [] });
  expect(isAllClear(found)).toBe(true);
  expect(read).toBe(20);
});

test('rows that somebody writes under the old key are counted, and those under the new one are not', async () => {
  await using rows = await rowsToRotate();
  await rows.rotate();
  for (const id of [21, 22, 23]) await rows.add(id);
  await rows.add(24, rows.keys.to);
  const found = await sweep(rows);
  expect(found).toMatchObject({ stragglers: 3, ambiguous: 0 });
  expect(isAllClear(found)).toBe(false);
});

test('a value that both keys open is under the new one where the rotation wrote its row, and left for the admin where not', async () => {
  await using rows = await rowsToRotate();
  await rows.rotate();
  const { client } = rows.database;
  await client.query('BEGIN');
  const { rows: ids } = await client.query('SELECT pg_current_xact_id()::text AS xid');
  await client.query('INSERT INTO vault VALUES (21, $1)', [ambiguous(rows)]);
  await client.query('COMMIT');
  // as the rotation's own
  expect(await sweep(rows, { known: ids[0] })).toMatchObject({ stragglers: 0, ambiguous: 0 });
  const found = await sweep(rows);
  expect(found).toMatchObject({ stragglers: 0, ambiguous: 1, problemRows: [{ reason: 'ambiguous' }] });
  expect(isAllClear(found)).toBe(false);
});

test('a value under the old key beside the inventory is no all-clear', async () => {
  await using rows = await rowsToRotate('CREATE TABLE other (id int PRIMARY KEY, copy text)');
  await rows.rotate();
  await rows.database.client.query('INSERT INTO other VALUES (1, $1)', [
    base64('{"password": "somewhere else altogether"}', rows.keys.from.bytes),
  ]);
  const found = await sweep(rows);
  expect(found).toMatchObject({ stragglers: 0, ambiguous: 0 });
  expect(isAllClear(found)).toBe(false);
});

test('a sweep that was called off ends', async () => {
  await using rows = await rowsToRotate();
  await rows.rotate();
  await expect(sweep(rows, { signal: AbortSignal.abort() })).rejects.toThrow();
});

test('what a sweep rewrites is what somebody wrote under the old key, and what nobody can attribute stays', async () => {
  await using rows = await rowsToRotate();
  await rows.rotate();
  await rows.add(21);
  const cell = ambiguous(rows);
  await rows.database.client.query('INSERT INTO vault VALUES (22, $1)', [cell]);
  const [last] = await rows.records.list();
  const result = await rows.rotate({
    purpose: 'sweep',
    keys: { ...rows.keys, toMayBePresent: true, inDoubt: 'leave' as const },
    known: { xid: last?.cutover?.xid as string, under: 'to', leftShort: false },
  });
  expect(result).toMatchObject({ rows: 1, ambiguous: 1, already: 20 });
  expect(await rows.opened()).toEqual({ from: 0, to: 21 });
  const { rows: kept } = await rows.database.client.query('SELECT s FROM vault WHERE id = 22');
  expect(kept).toEqual([{ s: cell }]);
  expect((await rows.ring.list()).map(({ state }) => state)).toEqual(['retired', 'active']);
  expect(await sweep(rows)).toMatchObject({ stragglers: 0, ambiguous: 1 });
});
