import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type RotatedRows, rowsToRotate } from '#test/support/databases/rotated-rows';
import { base64Column } from '#test/support/databases/foreign-database';
import { startCountingProxy } from '#test/support/postgres/counting-proxy';
import { refusals } from '#test/support/postgres/engine-proxy';
import { banners, playBanner, playExtension, playFunction } from '#test/support/postgres/played-engine';
import { KeelFolder } from '#test/support/processes/keel-process';

// Databases of PostgreSQL's that say that they are of another engine. None of those engines was run.

const engineFindings = async (rows: RotatedRows) =>
  (await rows.look()).filter(({ code }) => code === 'engine' || code === 'compressed-chunks');

test('a rotation on Amazon Redshift is refused by name, before anything is locked or created', async () => {
  await using rows = await rowsToRotate();
  await playBanner(rows.database.client, banners.redshift);
  await using folder = await KeelFolder.create();
  await folder.file('inventory.json', JSON.stringify({ version: 1, columns: [base64Column()] }));
  await using proxy = await startCountingProxy(rows.database.url);
  const run = await folder.run([
    ...['rotate', '--json', '--yes', '--accept', 'other-sessions', '--database', proxy.url],
    ...['--inventory', join(folder.path, 'inventory.json')],
    ...['--from-key-file', await folder.file('from.key', rows.keys.from.bytes.toString('base64'))],
    ...['--to-key-file', await folder.file('to.key', rows.keys.to.bytes.toString('base64'))],
  ]);
  expect(run.json).toEqual({
    ok: false,
    error: {
      code: 'preflight-stopped',
      message: expect.stringMatching(
        /^the server is Amazon Redshift, .*primary keys.*; nothing was changed$/,
      ),
      remedy: expect.stringContaining('PostgreSQL 13 or later'),
    },
  });
  expect(run.status).toBe(4);
  const said = proxy.conversations.flatMap(({ trips }) => trips).join('\n');
  expect(said).toContain('version()');
  expect(said).not.toMatch(/advisory|LOCK TABLE|CREATE |INSERT |UPDATE |COPY /);
  expect(await rows.keelTables()).toBeUndefined();
  expect(await rows.opened()).toEqual({ from: 20, to: 0 });
});

test('each engine that is known to lack what any rotation rests on is refused, and so is one that nobody knows', async () => {
  await using rows = await rowsToRotate();
  const isTaken = (name: string) =>
    ['postgresql', 'edb', 'yugabyte', ...Object.keys(refusals)].includes(name);
  for (const [name, banner] of Object.entries(banners)) {
    if (isTaken(name)) continue;
    await playBanner(rows.database.client, banner);
    await expect(rows.look(), banner).rejects.toMatchObject({ code: 'preflight-stopped' });
  }
});

test('an engine that lacks what Keel asks a session for is named, and not the function that it lacks', async () => {
  await using rows = await rowsToRotate();
  const { client } = rows.database;
  await playFunction(client, 'pg_is_in_recovery() RETURNS boolean', 'SELECT 1 / 0 = 1');
  await expect(rows.look()).rejects.toThrow(/division by zero/);
  await playBanner(client, banners.greenplum);
  await expect(rows.look()).rejects.toThrow(
    /^the server is Greenplum, .*untested.*did not answer.*division by zero.*; nothing was changed$/,
  );
});

test('an engine that lacks what Keel asks a new connection for is named too', async () => {
  await using rows = await rowsToRotate();
  const { client } = rows.database;
  await playFunction(
    client,
    'json_each_text(from_json json, OUT key text, OUT value text) RETURNS SETOF record',
    "SELECT 'name'::text, (1 / 0)::text",
  );
  await expect(rows.open()).rejects.toMatchObject({ code: 'query-failed' });
  await playBanner(client, banners.redshift);
  await expect(rows.open()).rejects.toThrow(/^the server is Amazon Redshift, not PostgreSQL/);
});

test('on an engine that was never run preflight says so and what it tried, leaves nothing, and the rotation works', async () => {
  await using rows = await rowsToRotate();
  await playBanner(rows.database.client, banners.edb);
  expect(await engineFindings(rows)).toEqual([
    {
      code: 'engine',
      level: 'warn',
      message:
        'the server is EDB Postgres, which Keel has never been run on (untested); tried there and rolled back: temporary tables, LOCK TABLE, binary COPY, ctid, xmin, pg_xact_status',
      remedy: expect.stringContaining('rehearse'),
    },
  ]);
  expect(await rows.keelTables()).toBeUndefined();
  await rows.rotate();
  expect(await rows.opened()).toEqual({ from: 0, to: 20 });
});

test('on such an engine what does not work as in PostgreSQL is a stop', async () => {
  await using rows = await rowsToRotate();
  await playBanner(rows.database.client, banners.edb);
  await playFunction(rows.database.client, 'pg_xact_status(xid8) RETURNS text', "SELECT 'unknown'::text");
  expect(await engineFindings(rows)).toEqual([
    expect.objectContaining({
      level: 'stop',
      message: expect.stringMatching(/EDB Postgres.*: pg_xact_status$/),
    }),
  ]);
});

test('PostgreSQL itself gets no finding about its engine', async () => {
  await using rows = await rowsToRotate();
  expect(await engineFindings(rows)).toEqual([]);
});

test('a table that Citus distributes is a stop, and another one beside it is not', async () => {
  await using rows = await rowsToRotate();
  const { client } = rows.database;
  await playExtension(client, 'citus');
  await client.query(
    `SET allow_system_table_mods = on;
     CREATE TABLE pg_catalog.pg_dist_partition (logicalrelid regclass NOT NULL, partmethod "char" NOT NULL);
     CREATE TABLE other (id int PRIMARY KEY);
     INSERT INTO pg_catalog.pg_dist_partition VALUES ('other', 'h')`,
  );
  expect(await engineFindings(rows)).toEqual([
    expect.objectContaining({ level: 'warn', message: expect.stringMatching(/Citus.*untested/) }),
  ]);
  await client.query(`INSERT INTO pg_catalog.pg_dist_partition VALUES ('vault', 'n')`);
  expect(await engineFindings(rows)).toEqual([
    expect.objectContaining({
      level: 'stop',
      message: expect.stringMatching(/^Citus .*public\.vault in shards/),
    }),
  ]);
});

test('a hypertable of TimescaleDB, or a chunk of one, is a stop; compressed chunks elsewhere are told', async () => {
  await using rows = await rowsToRotate();
  const { client } = rows.database;
  await playExtension(client, 'timescaledb');
  // its catalog is not there
  expect(await engineFindings(rows)).toEqual([
    expect.objectContaining({ level: 'stop', message: expect.stringContaining('could not be read') }),
  ]);
  await client.query(
    `CREATE SCHEMA _timescaledb_catalog;
     CREATE TABLE _timescaledb_catalog.hypertable (id int, schema_name name, table_name name);
     CREATE TABLE _timescaledb_catalog.chunk (hypertable_id int, schema_name name, table_name name, compressed_chunk_id int);
     INSERT INTO _timescaledb_catalog.hypertable VALUES (1, 'public', 'metrics');
     INSERT INTO _timescaledb_catalog.chunk VALUES (1, '_timescaledb_internal', '_hyper_1_1_chunk', 7)`,
  );
  expect(await engineFindings(rows)).toEqual([
    expect.objectContaining({
      code: 'compressed-chunks',
      level: 'warn',
      message: expect.stringMatching(/compressed chunks of TimescaleDB.*public\.metrics/),
    }),
    expect.objectContaining({
      code: 'engine',
      level: 'warn',
      message: expect.stringMatching(/TimescaleDB.*untested/),
    }),
  ]);
  const stopped = expect.objectContaining({
    code: 'engine',
    level: 'stop',
    message: expect.stringMatching(/^TimescaleDB .*public\.vault in the chunks/),
  });
  await client.query(`UPDATE _timescaledb_catalog.chunk SET schema_name = 'public', table_name = 'vault'`);
  expect(await engineFindings(rows)).toContainEqual(stopped);
  await client.query(
    `DELETE FROM _timescaledb_catalog.chunk; UPDATE _timescaledb_catalog.hypertable SET table_name = 'vault'`,
  );
  expect(await engineFindings(rows)).toEqual([stopped]);
});
