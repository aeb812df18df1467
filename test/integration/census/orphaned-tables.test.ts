import { expect, test } from 'vitest';
import { readRelations } from '#census/relations';
import { prepareVault } from '#test/support/databases/vault';
import { startOwnServer } from '#test/support/postgres/own-server';
import { connectPlainly } from '#test/support/postgres/test-database';

// Temporary tables whose session is gone: the catalog still has them, and nobody can read a row of them.

const timeout = 120_000;
const makeTable = `CREATE TEMPORARY TABLE scratch AS SELECT n AS id, repeat('x', 100) AS text FROM generate_series(1, 50) AS n`;

/** Temporary tables of sessions that the server loses with all else. */
async function crashWith(server: Awaited<ReturnType<typeof startOwnServer>>, sessions: number) {
  const clients = [];
  for (let n = 0; n < sessions; n++) {
    const client = await connectPlainly(server.url);
    client.on('error', () => undefined);
    await client.query(makeTable);
    clients.push(client);
  }
  // the catalog has to have them on disk
  await clients[0]?.query('CHECKPOINT');
  await server.stop('immediate');
  await Promise.allSettled(clients.map((client) => client.end()));
  await server.start();
}

test('those that a crash left do not stop a rotation', { timeout }, async () => {
  await using server = await startOwnServer(['autovacuum=off']);
  await using vault = await prepareVault({ server: server.url });
  const client = await vault.connect();
  client.on('error', () => undefined);
  await client.query(makeTable);
  await client.query('CHECKPOINT');
  await server.stop('immediate');
  await client.end().catch(() => undefined);
  await server.start();
  const again = await vault.connect();
  const { rows } = await again.query(`SELECT FROM pg_class WHERE relname = 'scratch'`);
  await again.end();
  expect(rows).toHaveLength(1);
  expect(await vault.rotate()).toMatchObject({ status: 0 });
});

test('they are told from those of living sessions, also of sessions that got the same number', {
  timeout,
}, async () => {
  await using server = await startOwnServer(['autovacuum=off']);
  await crashWith(server, 3);
  const clients = await Promise.all(Array.from({ length: 12 }, () => connectPlainly(server.url)));
  try {
    const [reader, other] = clients as [(typeof clients)[0], (typeof clients)[0]];
    const names = async () =>
      (await readRelations(reader)).unread.map(({ schema, table }) => ({ schema, table }));
    expect(await names()).toEqual([]);
    await other.query(makeTable.replace('scratch', 'living'));
    const { rows } = await other.query(`SELECT pg_my_temp_schema()::regnamespace::text AS schema`);
    expect(await names()).toEqual([{ schema: rows[0].schema, table: 'living' }]);
    // nobody is waited for who is just making or dropping one
    await other.query(`BEGIN; ${makeTable.replace('scratch', 'in_the_making')}; LOCK TABLE living`);
    expect(await names()).toEqual([{ schema: rows[0].schema, table: 'living' }]);
    await other.query('ROLLBACK');
  } finally {
    await Promise.allSettled(clients.map((client) => client.end()));
  }
});
