import { randomBytes } from 'node:crypto';
import type { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  base64Column,
  base64,
  createForeignDatabase,
  openBase64,
  readPlaintexts,
  readSurroundings,
} from '#test/support/databases/foreign-database';
import { KeelFolder } from '#test/support/processes/keel-process';
import {
  createOddTables,
  oddTables,
  readBesideOddTables,
  readOddPlaintexts,
} from '#test/support/databases/odd-schemas';
import {
  majorsOfThisRun,
  missingServer,
  startVersion,
  type VersionedServer,
} from '#test/support/postgres/postgres-versions';
import { readOwnership } from '#postgres/ownership/table-ownership';
import { createTestDatabase } from '#test/support/postgres/test-database';

/** The test itself is connected. */
const consent = ['--yes', '--accept', 'other-sessions'];

describe.each(majorsOfThisRun())('on PostgreSQL %i', (major) => {
  const missing = missingServer(major);
  let server: VersionedServer | undefined;

  beforeAll(async () => {
    if (missing === undefined) server = await startVersion(major);
  });

  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
  });

  test('a foreign database is found, rehearsed, rotated, read by its own program, swept, and brought back', async (context) => {
    context.skip(missing !== undefined, missing);
    await using database = await createForeignDatabase({ server: server?.url });
    await using folder = await KeelFolder.create();
    const { client, url, from, to } = database;
    const version = await client.query('SHOW server_version_num');
    expect(Math.floor(version.rows[0].server_version_num / 10_000)).toBe(major);
    const keyFile = (name: string, key: Buffer) => folder.file(name, key.toString('base64'));
    const [fromFile, toFile] = [await keyFile('from.key', from), await keyFile('to.key', to)];
    const inventory = `${folder.path}/inventory.json`;
    const target = ['--json', '--database', url];
    const keys = ['--inventory', inventory, '--from-key-file', fromFile, '--to-key-file', toFile];
    const before = await readPlaintexts(client, from);
    const around = await readSurroundings(client);

    const discovered = await folder.run(['discover', ...target, '--key-file', fromFile, '--out', inventory]);
    expect(discovered).toMatchObject({ status: 0, json: { ok: true } });
    expect(discovered.json.inventory.columns).toHaveLength(9);

    const rehearsed = await folder.run(['rotate', ...target, ...keys, ...consent, '--rehearse']);
    expect(rehearsed).toMatchObject({ status: 0, json: { rotation: { rehearsal: true } } });
    expect(await readPlaintexts(client, from)).toEqual(before);

    const rotated = await folder.run(['rotate', ...target, ...keys, ...consent]);
    expect(rotated).toMatchObject({ status: 0, json: { rotation: { excluded: 0 } } });
    expect(await readPlaintexts(client, to)).toEqual(before);
    expect(await readSurroundings(client)).toEqual(around);
    expect(await folder.run(['sweep', ...target])).toMatchObject({ status: 0, json: { stragglers: 0 } });

    expect(await folder.run(['undo', ...target, ...consent])).toMatchObject({
      status: 0,
      json: { ok: true },
    });
    expect(await readPlaintexts(client, from)).toEqual(before);
    expect(await readSurroundings(client)).toEqual(around);
  });

  test('odd tables are rewritten, no trigger fires, and all beside the ciphertexts is as it was', async (context) => {
    context.skip(missing !== undefined, missing);
    await using database = await createTestDatabase(server?.url);
    await using folder = await KeelFolder.create();
    const { client } = database;
    const [from, to] = [randomBytes(32), randomBytes(32)];
    await createOddTables(client, base64, from);
    const before = await readOddPlaintexts(client, openBase64, from);
    const beside = await readBesideOddTables(client);
    const columns = oddTables.map(({ name }) => {
      return base64Column(name);
    });
    const rotated = await folder.run([
      ...['rotate', '--json', '--database', database.url, ...consent],
      ...['--inventory', await folder.file('inventory.json', JSON.stringify({ version: 1, columns }))],
      ...['--from-key-file', await folder.file('from.key', from.toString('base64'))],
      ...['--to-key-file', await folder.file('to.key', to.toString('base64'))],
    ]);
    expect(rotated).toMatchObject({ status: 0, json: { rotation: { rows: before.length } } });
    expect(await readOddPlaintexts(client, openBase64, to)).toEqual(before);
    expect(await readBesideOddTables(client)).toEqual(beside);
    // the system's own triggers are still there and on
    await expect(client.query('DELETE FROM owners WHERE id = 1')).rejects.toThrow(/foreign key/);
    await expect(client.query('DELETE FROM watched_parts WHERE id = 5')).rejects.toThrow(/foreign key/);
  });

  test('with twice the tables, what is read of their code takes about twice the rows of the catalog', async (context) => {
    context.skip(missing !== undefined, missing);
    await using database = await createTestDatabase(server?.url);
    const { client } = database;
    await client.query(watched);
    await createWatchedTables(client, 0, 60);
    const few = await rowsToReadOwnership(client);
    await createWatchedTables(client, 60, 120);
    expect(await rowsToReadOwnership(client)).toBeLessThan(3 * few);
    expect((await readOwnership(client)).size).toBe(120);
  });
});

const watched = `
  CREATE DOMAIN mail AS text CHECK (value ~ '@');
  CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$`;

async function createWatchedTables(client: Client, from: number, to: number): Promise<void> {
  for (let i = from; i < to; i++) {
    await client.query(`
      CREATE TABLE t${i} (id serial PRIMARY KEY, a text DEFAULT upper('x'), b mail CHECK (length(b) > 1));
      CREATE INDEX ON t${i} (lower(a));
      CREATE TRIGGER touched BEFORE UPDATE ON t${i} FOR EACH ROW EXECUTE FUNCTION touch()`);
  }
  // a planner that knows the sizes chooses other ways
  await client.query('ANALYZE');
}

interface PlanNode {
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly Plans?: readonly PlanNode[];
}

/** Rows that all steps of the plan hand on. */
async function rowsToReadOwnership(client: Client): Promise<number> {
  const plans: PlanNode[] = [];
  const explaining = {
    query: async (sql: string, values: unknown[]) => {
      const { rows } = await client.query(`EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ${sql}`, values);
      plans.push(rows[0]['QUERY PLAN'][0].Plan);
      return { rows: [] };
    },
  };
  await readOwnership(explaining as unknown as Client);
  return plans.reduce((sum, plan) => sum + rowsOf(plan), 0);
}

function rowsOf({ Plans = [], ...node }: PlanNode): number {
  return Plans.reduce((sum, plan) => sum + rowsOf(plan), node['Actual Rows'] * node['Actual Loops']);
}
