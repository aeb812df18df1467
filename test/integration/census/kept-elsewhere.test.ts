import { expect, test } from 'vitest';
import { takeCensus } from '#census/census';
import { generateEncryptionKey } from '#crypto/encryption-key';
import { connect } from '#postgres/connect';
import { parseDatabaseUrl } from '#postgres/target';
import { playExtension } from '#test/support/postgres/played-engine';
import { createTestDatabase, type TestDatabase } from '#test/support/postgres/test-database';

/** Extensions that keep rows elsewhere than in their table. Neither was run: a database lists them, with catalogs as documented. */

async function unreadOf(database: TestDatabase) {
  using key = generateEncryptionKey();
  await using client = await connect(parseDatabaseUrl(database.url), { applicationName: 'keel census' });
  return (await takeCensus(client, { keys: [key] })).unread;
}

test('compressed chunks of TimescaleDB are told as not read, by their hypertable', async () => {
  await using database = await createTestDatabase();
  await playExtension(database.client, 'timescaledb');
  await database.client.query(
    `CREATE SCHEMA _timescaledb_catalog;
     CREATE TABLE _timescaledb_catalog.hypertable (id int, schema_name name, table_name name);
     CREATE TABLE _timescaledb_catalog.chunk (hypertable_id int, schema_name name, table_name name, compressed_chunk_id int);
     INSERT INTO _timescaledb_catalog.hypertable VALUES (1, 'public', 'metrics'), (2, 'public', 'events');
     INSERT INTO _timescaledb_catalog.chunk VALUES (1, '_timescaledb_internal', '_hyper_1_1_chunk', NULL),
       (1, '_timescaledb_internal', '_hyper_1_2_chunk', 7), (1, '_timescaledb_internal', '_hyper_1_3_chunk', 8)`,
  );
  expect(await unreadOf(database)).toEqual([
    { schema: 'public', table: 'metrics', reason: '2 chunks of it are compressed by TimescaleDB' },
  ]);
});

test('tables that Citus distributes are told as perhaps not read', async () => {
  await using database = await createTestDatabase();
  await playExtension(database.client, 'citus');
  await database.client.query(
    `SET allow_system_table_mods = on;
     CREATE TABLE pg_catalog.pg_dist_partition (logicalrelid regclass NOT NULL, partmethod "char" NOT NULL);
     CREATE TABLE vault (id int PRIMARY KEY);
     INSERT INTO pg_catalog.pg_dist_partition VALUES ('vault', 'h')`,
  );
  expect(await unreadOf(database)).toEqual([
    {
      schema: 'public',
      table: 'vault',
      reason: 'Citus keeps its rows in shards; Keel cannot tell whether it read all of them',
    },
  ]);
});

test('where such an extension’s catalog cannot be read, that is told', async () => {
  await using database = await createTestDatabase();
  await playExtension(database.client, 'timescaledb');
  expect(await unreadOf(database)).toEqual([
    {
      reason:
        'the catalog of the extension timescaledb could not be read, so it is unknown which rows it stores elsewhere',
    },
  ]);
});

test('a database without them has nothing of that to tell', async () => {
  await using database = await createTestDatabase();
  expect(await unreadOf(database)).toEqual([]);
});
