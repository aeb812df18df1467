import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  base64Column,
  base64,
  createForeignDatabase,
  type ForeignDatabase,
} from '#test/support/databases/foreign-database';
import { KeelFolder } from '#test/support/processes/keel-process';

async function prepare(options: { strangers?: number } = {}) {
  const database = await createForeignDatabase(options);
  const folder = await KeelFolder.create();
  const keyFile = (name: string, key: Buffer) => folder.file(name, key.toString('base64'));
  const inventory = join(folder.path, 'inventory.json');
  const discovered = await folder.run([
    ...['discover', '--json', '--database', database.url, '--out', inventory],
    ...['--key-file', await keyFile('from.key', database.from)],
  ]);
  const to = await keyFile('to.key', database.to);
  return {
    database,
    columns: discovered.json.inventory.columns as { table: string; column: string; path?: string }[],
    writeColumns: (columns: unknown[]) => writeFile(inventory, JSON.stringify({ version: 1, columns })),
    rehearse: async (from: Buffer, ...more: string[]) =>
      folder.run([
        ...['rotate', '--json', '--rehearse', '--accept', 'other-sessions', '--database', database.url],
        ...['--from-key-file', await keyFile('given.key', from), '--to-key-file', to],
        ...['--inventory', inventory, ...more],
      ]),
    [Symbol.asyncDispose]: async () => {
      await folder[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}

/** Puts some values of a table with awkward names under a key that nobody has. */
async function addStranger({ client, from }: ForeignDatabase, name: string): Promise<void> {
  await client.query(`CREATE TABLE "${name}" (id serial PRIMARY KEY, s text)`);
  const keys = [from, from, from, from, randomBytes(32)];
  for (const [i, key] of keys.entries())
    await client.query(`INSERT INTO "${name}" (s) VALUES ($1)`, [base64(`an awkward secret ${i}`, key)]);
}

describe.concurrent('a rotation', () => {
  test('calls a key that opens a few rows of one column wrong, instead of advising to exclude all the others', async () => {
    await using scene = await prepare({ strangers: 20 });
    const { status, json } = await scene.rehearse(scene.database.stranger);
    expect(status).toBe(4);
    expect(json.error).toMatchObject({
      code: 'key-wrong',
      message: expect.stringMatching(/decrypts nothing in/),
    });
    expect(json.error.remedy).not.toMatch(/^exclude the column/);
    expect(json.error.message.length).toBeLessThan(900);
  });

  test('refuses a name to exclude that means no column, since it may be a slip of the pen', async () => {
    await using scene = await prepare();
    expect(await scene.rehearse(scene.database.from, '--exclude', 'tokk.acc')).toMatchObject({
      status: 2,
      json: { error: { code: 'usage', message: expect.stringContaining('tokk.acc') } },
    });
  });

  test('advises to exclude an awkward name in a form that a shell takes', async () => {
    await using scene = await prepare();
    await addStranger(scene.database, "it's a; table");
    await scene.writeColumns([...scene.columns, base64Column("it's a; table")]);
    const { status, json } = await scene.rehearse(scene.database.from);
    expect(status).toBe(4);
    expect(json.error.remedy).toContain(`--exclude 'it'\\''s a; table.s'`);
  });

  test('misses no second leaf of a document of which the inventory has one', async () => {
    await using scene = await prepare();
    const columns = scene.columns.filter(({ path }) => path !== '$.auth.token');
    expect(columns).toHaveLength(scene.columns.length - 1);
    await scene.writeColumns(columns);
    const { status, json } = await scene.rehearse(scene.database.from);
    expect(status).toBe(4);
    expect(json.error.message).toMatch(/doc\.d \$\.auth\.token.*unlisted-columns/);
  });
});
