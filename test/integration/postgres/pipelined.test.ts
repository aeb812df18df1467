import { expect, test } from 'vitest';
import { connect } from '#postgres/connect';
import { readCopy } from '#postgres/copy-reader';
import { pipelined } from '#postgres/pipelined';
import { parseDatabaseUrl } from '#postgres/target';
import { createTestDatabase } from '#test/support/postgres/test-database';

async function withClient(
  work: (client: Awaited<ReturnType<typeof connect>>) => Promise<void>,
): Promise<void> {
  await using database = await createTestDatabase();
  const client = await connect(parseDatabaseUrl(database.url), { applicationName: 'keel test' });
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

test('what is asked together is answered in order, and asks may ask together themselves', async () => {
  await withClient(async (client) => {
    const ask = (number: number) => async () => {
      const { rows } = await client.query('SELECT $1::int AS n', [number]);
      return rows[0].n as number;
    };
    expect(await pipelined(client, [ask(1), () => pipelined(client, [ask(2), ask(3)]), ask(4)])).toEqual([
      1,
      [2, 3],
      4,
    ]);
  });
});

test('the first that fails is thrown when all have been answered, and the session goes on, COPY included', async () => {
  await withClient(async (client) => {
    const seen: string[] = [];
    const asks = ['SELECT 1', 'SELECT 1/0', 'SELECT nothing', 'SELECT 2'].map(
      (statement) => () => client.query(statement).finally(() => seen.push(statement)),
    );
    await expect(pipelined(client, asks)).rejects.toThrow(/division by zero/);
    expect(seen).toHaveLength(4);
    let rows = 0;
    for await (const batch of readCopy(client, 'SELECT generate_series(1, 10)')) rows += batch.rows;
    expect(rows).toBe(10);
  });
});

test('what follows a failure in a transaction fails too', async () => {
  await withClient(async (client) => {
    await client.query('CREATE TEMPORARY TABLE written (n int)');
    await client.query('BEGIN');
    const asks = ['INSERT INTO written VALUES (1)', 'SELECT 1/0', 'INSERT INTO written VALUES (2)'];
    await expect(
      pipelined(
        client,
        asks.map((ask) => () => client.query(ask)),
      ),
    ).rejects.toThrow(/zero/);
    expect((await client.query('COMMIT')).command).toBe('ROLLBACK');
    expect((await client.query('TABLE pg_temp.written')).rows).toEqual([]);
  });
});
