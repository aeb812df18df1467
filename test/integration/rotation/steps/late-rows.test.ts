import { expect, test } from 'vitest';
import { applyStaged, stagingTable } from '#rewrite/staging-table';
import { beginWriting } from '#rewrite/writing-transaction';
import { collectUnwritten, forgetLostRows, readUnwritten } from '#rotation/run/delta';
import { ValueCounts } from '#rotation/run/value-counts';
import { stageByHand } from '#test/support/databases/staged-rows';

// Rows that came or changed after staging: each is read once, and what was lost is no longer counted.

test.each([0, 1, 999, 1000, 1001, 2000, 2001])('of %i late rows each is read, once', async (late) => {
  await using rows = await stageByHand();
  const { client, staging, target } = rows;
  for (let id = 1; id <= 3; id++) await rows.add(id);
  await client.query(
    `INSERT INTO public.vault SELECT n + 100, 'late ' || n, '{}' FROM generate_series(1, $1::int) AS n`,
    [late],
  );
  const { xid } = await beginWriting(client);
  await applyStaged(client, staging);
  const changed = stagingTable(target, '0123456789abcdef', 0, 'schema', 'changed');
  expect(await collectUnwritten(client, changed, xid, 'false')).toBe(late);
  const ids = new Set<number>();
  let read = 0;
  for await (const batches of readUnwritten(client, changed, late)) {
    for (const { data, starts, columns, rows: count } of batches) {
      read += count;
      // after the mark comes the key
      for (let row = 0; row < count; row++) ids.add(data.readInt32BE(starts[row * columns + 1] as number));
    }
  }
  expect(read).toBe(late);
  expect(ids.size).toBe(late);
  await client.query('ROLLBACK');
});

test('what a changed row held is taken out of the counts, rewritten and left apart', async () => {
  await using rows = await stageByHand();
  const { client, staging, target } = rows;
  for (let id = 1; id <= 4; id++) await rows.add(id, id > 2 ? { note: Buffer.from([1, 0]) } : {});
  const counts = new ValueCounts(target);
  for (let n = 0; n < 4; n++) {
    counts.add({ column: 0, form: 0, rewritten: n < 2 });
    counts.add({ column: 1, form: 0, rewritten: true });
  }
  await client.query('DELETE FROM public.vault WHERE id IN (1, 4)');
  await beginWriting(client);
  expect(await applyStaged(client, staging)).toBe(2);
  await forgetLostRows(client, staging, counts);
  expect(counts.at(0, 0)).toEqual({ rewritten: 1, left: 1 });
  expect(counts.at(1, 0)).toEqual({ rewritten: 2, left: 0 });
  await client.query('ROLLBACK');
});
