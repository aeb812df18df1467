import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createForeignDatabase, type ForeignDatabase } from '#test/support/databases/foreign-database';
import { KeelFolder } from '#test/support/processes/keel-process';

let database: ForeignDatabase;
let folder: KeelFolder;
let right: string;
let inventory: string;

beforeAll(async () => {
  database = await createForeignDatabase({ rows: 40 });
  folder = await KeelFolder.create();
  right = await folder.file('from.key', database.from.toString('base64'));
  inventory = join(folder.path, 'inventory.json');
  const found = await folder.run([
    'discover',
    '--database',
    database.url,
    '--key-file',
    right,
    '--out',
    inventory,
  ]);
  expect(found.status).toBe(0);
});

afterAll(async () => {
  await folder[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

describe('keel prove', () => {
  const prove = (keyFile: string) =>
    folder.run([
      'prove',
      '--json',
      '--database',
      database.url,
      '--inventory',
      inventory,
      '--key-file',
      keyFile,
    ]);

  test('answers a wrong key with the verdict and 3', async () => {
    const run = await prove(await folder.file('wrong.key', randomBytes(32).toString('base64')));
    expect(run).toMatchObject({ status: 3, json: { ok: false, verdict: 'wrong' } });
    const [first] = run.json.columns;
    expect(Object.keys(first)).toEqual(
      expect.arrayContaining(
        'schema table column rows proven contradicted inconclusive unrecognised bits'.split(' '),
      ),
    );
  });

  test('answers the right key with correct, bits for each column, and 0', async () => {
    const run = await prove(right);
    expect(run).toMatchObject({ status: 0, json: { ok: true, verdict: 'correct' } });
    for (const column of run.json.columns) expect(column.bits).toBeGreaterThan(100);
  });

  test('answers a malformed key with 2', async () => {
    const run = await prove(await folder.file('malformed.key', 'xyz'));
    expect(run).toMatchObject({ status: 2, json: { ok: false, error: { code: 'key-malformed' } } });
  });
});
