import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { type CopyBatch, nullCell } from '#postgres/copy-batches';
import { readCopy } from '#postgres/copy-reader';
import { wholeRows } from '#postgres/copy-rows';
import { connect } from '#postgres/connect';
import { traitsOfPostgres } from '#postgres/engine/engine';
import { parseDatabaseUrl } from '#postgres/target';
import { createTestDatabase } from '#test/support/postgres/test-database';

async function session(url: string, portable = false) {
  const client = await connect(parseDatabaseUrl(url), { applicationName: 'keel-test' });
  client.portable = portable ? traitsOfPostgres : undefined;
  return { client, [Symbol.asyncDispose]: () => client.end() };
}

function cellsOf({ data, rows, columns, starts, lengths }: CopyBatch): (string | null)[] {
  return Array.from({ length: rows * columns }, (_, i) => {
    const [start, length] = [starts[i] as number, lengths[i] as number];
    return length === nullCell ? null : data.toString('utf8', start, start + length);
  });
}

const sizes = { batchBytes: 10_000, overlap: 500 };

test('rows come in order, as the server sends them, and the session goes on', async () => {
  await using database = await createTestDatabase();
  await using reading = await session(database.url);
  const select = `SELECT i::text, CASE WHEN i % 3 > 0 THEN repeat('x', i % 50) END FROM generate_series(0, 99999) i`;
  const cells: (string | null)[] = [];
  let batches = 0;
  for await (const batch of readCopy(reading.client, select, { sizes })) {
    expect(batch.firstRow * 2).toBe(cells.length);
    cells.push(...cellsOf(batch));
    batches++;
  }
  expect(batches).toBeGreaterThan(100);
  expect(cells).toHaveLength(200_000);
  for (let i = 0; i < 100_000; i++) {
    if (cells[2 * i] !== String(i)) expect.fail(`row ${i}: ${cells[2 * i]}`);
    if (cells[2 * i + 1] !== (i % 3 > 0 ? 'x'.repeat(i % 50) : null)) expect.fail(`row ${i}`);
  }
  expect((await reading.client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
});

test('no rows are no batches', async () => {
  await using database = await createTestDatabase();
  await using reading = await session(database.url);
  for await (const batch of readCopy(reading.client, 'SELECT 1 WHERE false'))
    expect.fail(`${batch.rows} rows`);
  expect((await reading.client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
});

test('a large cell comes in pieces, beside its row’s other cells', async () => {
  await using database = await createTestDatabase();
  await using reading = await session(database.url);
  const size = 3_000_000;
  const select = `SELECT 'before', convert_to(repeat('0123456789', ${size / 10}), 'UTF8'), 'after'
    UNION ALL SELECT 'second', NULL, 'row'`;
  const seen: string[] = [];
  let covered = 0;
  for await (const batch of readCopy(reading.client, select, { sizes })) {
    expect(batch.data.length).toBeLessThan(300_000);
    const { piece } = batch.part ?? {};
    if (!piece) continue;
    const start = batch.starts[1] as number;
    const bytes = batch.data.subarray(start, start + (batch.lengths[1] as number));
    expect(piece.offset).toBe(Math.max(0, covered - sizes.overlap));
    const first = Number(String.fromCharCode(bytes[0] as number));
    expect(first).toBe(piece.offset % 10);
    covered = piece.offset + bytes.length;
    seen.push(`row ${batch.firstRow}`);
  }
  expect(covered).toBe(size);
  expect(new Set(seen)).toEqual(new Set(['row 0']));
});

test('an error in the middle names what the server says, and the session goes on', async () => {
  await using database = await createTestDatabase();
  await using reading = await session(database.url);
  const select = 'SELECT 1 / (50000 - i) FROM generate_series(1, 100000) i';
  const read = async () => {
    for await (const batch of readCopy(reading.client, select, { sizes }))
      expect(batch.rows).toBeGreaterThan(0);
  };
  await expect(read()).rejects.toMatchObject({ code: 'query-failed', message: /division by zero/ });
  expect((await reading.client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
});

test('the server is held back while the consumer is busy', async () => {
  await using database = await createTestDatabase();
  await using reading = await session(database.url);
  const select = `SELECT repeat('x', 1000) FROM generate_series(1, 200000)`;
  const { stream } = reading.client.connection;
  let before = 0;
  for await (const batch of readCopy(reading.client, select, { sizes })) {
    if (batch.firstRow === 0) {
      await pause(300);
      before = (stream as unknown as { bytesRead: number }).bytesRead;
      await pause(300);
      expect((stream as unknown as { bytesRead: number }).bytesRead).toBe(before);
    }
  }
  expect(before).toBeLessThan(2_000_000);
});

test.for(['stopping early', 'a signal'])(
  '%s closes the connection, and the server’s work with it',
  async (how) => {
    await using database = await createTestDatabase();
    await using reading = await session(database.url);
    const pid = (await reading.client.query('SELECT pg_backend_pid() AS pid')).rows[0].pid as number;
    const stop = new AbortController();
    const read = async () => {
      const select = `SELECT repeat('x', 1000) FROM (SELECT generate_series(1, 100000000)) AS many`;
      for await (const batch of readCopy(reading.client, select, { sizes, signal: stop.signal })) {
        if (batch.firstRow === 0) continue;
        if (how === 'a signal') stop.abort();
        else break;
      }
    };
    if (how === 'a signal') await expect(read()).rejects.toMatchObject({ code: 'cancelled' });
    else await read();
    for (let tries = 0; ; tries++) {
      const { rows } = await database.client.query('SELECT FROM pg_stat_activity WHERE pid = $1', [pid]);
      if (rows.length === 0) break;
      expect(tries).toBeLessThan(100);
      await pause(50);
    }
  },
);

test('a server that ends the session is a lost connection', async () => {
  await using database = await createTestDatabase();
  await using reading = await session(database.url);
  const pid = (await reading.client.query('SELECT pg_backend_pid() AS pid')).rows[0].pid as number;
  const read = async () => {
    const select = `SELECT repeat('x', 1000) FROM (SELECT generate_series(1, 100000000)) AS many`;
    for await (const batch of readCopy(reading.client, select)) {
      if (batch.firstRow === 0) await database.client.query('SELECT pg_terminate_backend($1)', [pid]);
    }
  };
  await expect(read()).rejects.toMatchObject({ code: 'connection-lost' });
});

test('an engine without COPY in binary gives the same rows, large cells in pieces too, to a SELECT in binary', async () => {
  await using database = await createTestDatabase();
  const select = `SELECT i::int4, CASE WHEN i % 3 > 0 THEN repeat('x', i % 50) END, CASE i WHEN 7 THEN repeat('large', 100000) END, NULL::bytea
    FROM generate_series(0, 9999) i`;
  const read = async (portable: boolean) => {
    await using reading = await session(database.url, portable);
    const hash = createHash('sha256');
    let rows = 0;
    for await (const batch of wholeRows(readCopy(reading.client, select, { sizes }))) {
      expect(batch.firstRow).toBe(rows);
      rows += batch.rows;
      for (const cell of cellsOf(batch)) hash.update(`${cell}\n`);
    }
    expect((await reading.client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    return { rows, hash: hash.digest('hex') };
  };
  const copied = await read(false);
  expect(copied.rows).toBe(10_000);
  expect(await read(true)).toEqual(copied);
});

test('rows of a SELECT may be more than an answer that is kept, and a failed one leaves the session usable', async () => {
  await using database = await createTestDatabase();
  await using reading = await session(database.url, true);
  let bytes = 0;
  for await (const batch of readCopy(
    reading.client,
    `SELECT repeat('x', 1000000) FROM generate_series(1, 300)`,
  ))
    bytes += batch.lengths.reduce((sum, length) => sum + length, 0);
  expect(bytes).toBe(300_000_000);
  const fails = async () => {
    for await (const batch of readCopy(
      reading.client,
      'SELECT 1 / (i - 5000) FROM generate_series(1, 9999) i',
    ))
      void batch;
  };
  await expect(fails()).rejects.toThrow(/division by zero/);
  expect((await reading.client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
});
