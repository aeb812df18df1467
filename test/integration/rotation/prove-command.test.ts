import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  base64,
  base64Column,
  createForeignDatabase,
  type ForeignDatabase,
} from '#test/support/databases/foreign-database';
import { createTestDatabase } from '#test/support/postgres/test-database';
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

test('a key that decrypts a few values of many does not fill an empty key ring', async () => {
  await using home = await KeelFolder.create();
  await using vault = await createTestDatabase();
  const [few, most] = [randomBytes(32), randomBytes(32)];
  await vault.client.query('CREATE TABLE vault (id int PRIMARY KEY, s text)');
  for (let id = 0; id < 43; id++) {
    const cell = base64(`{"password": "secret ${id}"}`, id < 3 ? few : most);
    await vault.client.query('INSERT INTO vault VALUES ($1, $2)', [id, cell]);
  }
  const env = {
    KEEL_PASSPHRASE: 'correct horse battery staple again',
    PGPASSWORD: decodeURIComponent(new URL(vault.url).password),
  };
  const keel = (...args: string[]) => home.run(args, { env });
  const added = await keel('env', 'add', 'New', '--database', vault.url, '--keep-keys-in', 'sealed-file');
  expect(added.status, added.stderr).toBe(0);
  const columns = JSON.stringify({ version: 1, columns: [base64Column()] });
  const listed = ['--inventory', await home.file('columns.json', columns)];
  const active = async () =>
    (await keel('key', 'list', '--env', 'New', '--json')).json.environments[0].keys.filter(
      ({ state }: { state: string }) => state === 'active',
    );
  const proveIt = async (key: Buffer) => {
    const path = await home.file(`${key.toString('hex').slice(0, 8)}.key`, key.toString('base64'));
    const taken = await keel('key', 'import', '--env', 'New', '--key-file', path);
    expect(taken.status, taken.stderr).toBe(0);
    return keel('prove', '--env', 'New', ...listed, '--key-file', path, '--json');
  };
  expect(await proveIt(few)).toMatchObject({ status: 3, json: { verdict: 'mixed' } });
  expect(await active()).toEqual([]);
  expect(await proveIt(most)).toMatchObject({ json: { verdict: 'mixed' } });
  expect(await active()).toHaveLength(1);
});
