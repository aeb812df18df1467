import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { differing, total } from '#credentials/archive/archive-differences';
import type { Inventory } from '#contract/inventory';
import { EncryptionKey } from '#crypto/encryption-key';
import {
  base64,
  readEveryBit,
  readPlaintexts,
  readSurroundings,
} from '#test/support/databases/foreign-database';
import { Desk, openDesk, passphrase } from '#test/support/databases/archive-desk';

/** Takes values out of every kind of column: NULL, empty, no leaf, plaintext. Answers how many of them are what. */
async function takeValuesAway({ database: { client } }: Desk) {
  const secrets = '"My Schema"."Secrets Table"';
  const update = async (text: string) => (await client.query(`UPDATE ${text}`)).rowCount ?? 0;
  const missing = [
    await update(`${secrets} SET "the Secret" = NULL WHERE n % 7 = 2`),
    await update(`${secrets} SET "the Secret" = '' WHERE n % 7 = 3`),
    await update(`tok SET acc = '' WHERE cnt % 4 = 0`),
    await update('tok SET ref = NULL WHERE cnt % 2 = 0 AND ref IS NOT NULL'),
    await update('raw8 SET blob = NULL WHERE id % 4 = 0'),
    await update(`raw8 SET blob = '' WHERE id % 4 = 1`),
    await update('part SET s = NULL WHERE id % 2 = 0'),
    await update(`vault SET body = NULL WHERE name LIKE 'vault-1_%'`),
    await update(`doc SET d = d #- '{auth,token}' WHERE id % 4 = 0`),
    await update(`doc SET d = jsonb_set(d, '{auth,token}', 'null') WHERE id % 4 = 1`),
    await update(`doc SET d = jsonb_set(d, '{auth,token}', '""') WHERE id % 4 = 2`),
    await update(`doc SET d = d #- '{list,1,secret}' WHERE id % 4 = 3`),
  ];
  const foreign = [
    await update(`tok SET acc = 'hunter2, in clear' WHERE cnt % 4 = 1`),
    await update(`vault SET body = '{"password":"hunter2"}' WHERE name LIKE 'vault-2_%'`),
    await update(`doc SET d = jsonb_set(d, '{list,0,secret}', '5') WHERE id = 4`),
    await update(`doc SET d = jsonb_set(d, '{list,0,secret}', '"hunter2"') WHERE id = 8`),
  ];
  const sum = (counts: number[]) => counts.reduce((a, b) => a + b, 0);
  return { missing: sum(missing), foreign: sum(foreign) };
}

test('values that were set to NULL, emptied, cut out of a document or put in clear come back as verify says', async () => {
  await using desk = await openDesk({ strangers: 2 });
  const { client, from, stranger } = desk.database;
  const before = await readPlaintexts(client, from, stranger);
  await desk.export();
  const { missing, foreign } = await takeValuesAway(desk);
  const surroundings = await readSurroundings(client);
  const disturbed = await readEveryBit(client);

  const verified = await desk.verify();
  expect(total(verified.columns, 'valueMissing')).toBe(missing);
  expect(total(verified.columns, 'foreign')).toBe(foreign);
  expect(total(verified.columns, 'rowMissing')).toBe(0);
  expect(differing(verified.columns)).toBe(missing + foreign);
  expect(verified.obstacles).toEqual([]);

  await expect(desk.import()).rejects.toMatchObject({
    code: 'rows-unopened',
    message: expect.stringContaining(`${foreign} archived values`),
  });
  const rehearsed = await desk.import({ rehearsal: true }, ['unopened-rows', 'missing-values']);
  expect(rehearsed).toMatchObject({ values: missing + foreign, remaining: 0 });
  expect(await readEveryBit(client)).toEqual(disturbed);

  expect(await desk.import(undefined, ['unopened-rows'])).toMatchObject({
    values: foreign,
    remaining: missing,
  });
  expect(differing((await desk.verify()).columns)).toBe(missing);
  await expect(desk.import()).rejects.toMatchObject({
    code: 'nothing-importable',
    message: expect.stringContaining(`${missing} values are missing from existing rows`),
    remedy: { composed: expect.arrayContaining([{ do: 'accept', code: 'missing-values' }]) },
  });
  expect(await desk.import(undefined, ['missing-values'])).toMatchObject({ values: missing, remaining: 0 });

  expect(differing((await desk.verify()).columns)).toBe(0);
  await expect(desk.import()).rejects.toMatchObject({ code: 'already-imported' });
  const after = await readPlaintexts(client, from, stranger);
  expect(after).toEqual(before);
  expect(await readSurroundings(client)).toEqual(surroundings);
  // in the manner of its column, which is upper case
  const { rows } = await client.query('SELECT s FROM part');
  for (const { s } of rows) expect(s).toMatch(/^[0-9A-F]+$/);
});

test('what cannot be written back is counted, listed with its reason, and never said to be equal', async () => {
  await using desk = await openDesk();
  const { client, from } = desk.database;
  await client.query(
    'ALTER TABLE vault ADD UNIQUE (body); CREATE TABLE copies (body text REFERENCES vault (body))',
  );
  await desk.export();
  await client.query(`DELETE FROM vault WHERE name = 'vault-1 🐍'`);
  await client.query(`UPDATE vault SET body = NULL WHERE name IN ('vault-3 🐍', 'vault-4 🐍')`);
  await client.query(`UPDATE vault SET body = 'in clear' WHERE name = 'vault-5 🐍'`);
  await client.query(`UPDATE doc SET d = d - 'auth' WHERE id = 3`);
  await client.query('UPDATE doc SET d = NULL WHERE id = 4');
  await client.query(`UPDATE doc SET d = d #- '{list,0}' WHERE id = 5`);
  await client.query(
    `UPDATE doc SET d = jsonb_set(d #- '{list,1,secret}', '{list,0,secret}', to_jsonb($1::text)) WHERE id = 6`,
    [base64('another first', from)],
  );
  await client.query(
    `UPDATE doc SET d = jsonb_set(d #- '{list,1,secret}', '{list,0,secret}', d #> '{list,1,secret}') WHERE id = 7`,
  );
  await client.query('UPDATE tok SET ref = NULL WHERE cnt = 1');
  await client.query('INSERT INTO tok (acc) VALUES ($1)', [base64('ya29.written-since', from)]);

  const verified = await desk.verify();
  expect(total(verified.columns, 'rowMissing')).toBe(1);
  // two of the vault, auth.token, a document of three, an element, one beside a changed one, one that moved, the token
  expect(total(verified.columns, 'valueMissing')).toBe(2 + 1 + 3 + 1 + 1 + 1 + 1);
  const reasons = verified.obstacles.map(
    ({ entry, comparison, obstacle, values }) => `${entry.column} ${comparison} ${obstacle} ${values}`,
  );
  expect(reasons.sort()).toEqual([
    'body foreign foreign-key 1',
    'body valueMissing foreign-key 2',
    'd differs array-changed 2',
    'd valueMissing array-changed 1',
    'd valueMissing no-document 1',
    'd valueMissing no-document 2',
    'd valueMissing no-place 1',
    'd valueMissing no-place 1',
  ]);
  expect(verified.differences).toContainEqual(
    expect.objectContaining({ row: 'name=vault-3 🐍', comparison: 'valueMissing', obstacle: 'foreign-key' }),
  );
  expect(verified.differences).toContainEqual(
    expect.objectContaining({ row: 'name=vault-1 🐍', comparison: 'rowMissing' }),
  );
  expect(verified.differences).toContainEqual(
    expect.objectContaining({ row: 'id=7', leaf: '$.list[1].secret', obstacle: 'array-changed' }),
  );

  const accepted = ['unopened-rows', 'missing-values'] as const;
  // the token, and both of the list in which one was replaced
  expect(await desk.import(undefined, [...accepted])).toMatchObject({ values: 3, remaining: 13 });
  const left = await desk.verify();
  expect(differing(left.columns)).toBe(13);
  expect(left.columns.filter(({ entry }) => entry.column === 'ref')).toMatchObject([{ valueMissing: 0 }]);
  const error = await desk.import(undefined, [...accepted]).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'nothing-importable' });
  const { message } = error as Error;
  expect(message).toContain('1 value no longer has a row');
  expect(message).toContain('part of a foreign key');
  expect(message).toContain('1 value is only in the database');
  expect(message).not.toContain('nothing in the database differs');
});

test('a database that lost every value gets them back under the key of the archive, and under no other', async () => {
  await using desk = await openDesk();
  const { client, from } = desk.database;
  const vault: Inventory = {
    version: 1,
    columns: desk.inventory.columns.filter(({ table }) => table === 'vault' || table === 'raw8'),
  };
  const before = await readPlaintexts(client, from);
  await desk.export(vault);
  await client.query('UPDATE vault SET body = NULL; UPDATE raw8 SET blob = NULL');
  using other = new EncryptionKey(randomBytes(32));
  const underAnother = new Desk(desk.database, desk.folder, desk.inventory, other);
  await expect(underAnother.import(undefined, ['missing-values'])).rejects.toMatchObject({
    code: 'key-unproven',
  });
  expect(await desk.import(undefined, ['missing-values'])).toMatchObject({ values: 80, remaining: 0 });
  expect(differing((await desk.verify()).columns)).toBe(0);
  expect(await readPlaintexts(client, from)).toEqual(before);
});

test('the command line tells a missing value from a missing row, and ends as verify does', async () => {
  await using desk = await openDesk();
  const { folder, database } = desk;
  const key = await folder.file('old.key', database.from.toString('base64'));
  await desk.export();
  await database.client.query(`UPDATE tok SET acc = '' WHERE cnt < 12`);
  await database.client.query(`DELETE FROM vault WHERE name = 'vault-1 🐍'`);
  const env = { KEEL_ARCHIVE_PASSPHRASE: passphrase };
  const base = ['--database', database.url, '--key-file', key, '--archive', desk.path];
  const accept = (...codes: string[]) => codes.flatMap((code) => ['--accept', code]);
  const run = (verb: string, ...more: string[]) =>
    folder.run(['credentials', verb, ...base, ...more], { env });
  const verified = await run('verify');
  expect(verified.status).toBe(3);
  expect(verified.stdout).toContain('DIFFERENT: 13 values');
  expect(verified.stdout).toMatch(/no value.*no row/);

  const others = accept('other-sessions', 'other-database');
  const refused = await run('import', '--json', '--yes', ...others);
  expect(refused.json.error).toMatchObject({ code: 'nothing-importable' });
  expect(refused.status).toBe(4);
  const imported = await run('import', '--json', '--yes', ...others, ...accept('missing-values'));
  expect(imported.json, imported.stderr).toMatchObject({ ok: true, values: 12, remaining: 1 });
  const acc = imported.json.columns.find((one: { column: string }) => one.column === 'acc');
  expect(acc).toMatchObject({ valueMissing: 12, rowMissing: 0 });
  const again = await run('import', '--yes', ...others, ...accept('missing-values'));
  expect(again.status).toBe(4);
  expect(again.stderr).toContain('1 value no longer has a row');
  expect((await run('verify')).status).toBe(3);
});

test('nothing that a row has of its own is taken from another', async () => {
  await using desk = await openDesk();
  const { client, from } = desk.database;
  await client.query('CREATE TABLE own (id int PRIMARY KEY, config jsonb, line text)');
  for (let i = 0; i < 12; i++) {
    const bytes = Buffer.from(base64(`a secret with its own row ${i}`, from), 'base64');
    const config = { user: `user-${i}`, iv: bytes.toString('hex', 0, 16), data: bytes.toString('hex', 16) };
    const line = `user=user-${i};secret=${base64(`a secret in a line ${i}`, from)};`;
    await client.query('INSERT INTO own VALUES ($1, $2, $3)', [i, config, line]);
  }
  const entry = { schema: 'public', table: 'own', kind: 'unknown' } as const;
  await desk.export({
    version: 2,
    columns: [
      {
        ...entry,
        column: 'config',
        path: '$.data',
        layout: '"{body hex}"',
        iv: { path: '$.iv', layout: '"{iv hex}"' },
      },
      { ...entry, column: 'line', layout: '"{*}secret={iv+body base64};"' },
    ],
  });
  // the last that is left is no example of what all have
  for (const rows of ['id IN (1, 2, 3)', 'id > 0']) {
    await client.query(`
      UPDATE own SET config = config - 'data' WHERE id = 1;
      UPDATE own SET config = config - 'data' - 'iv' WHERE id = 2;
      UPDATE own SET config = NULL, line = NULL WHERE ${rows} AND id > 2`);
    const { obstacles } = await desk.verify();
    const named = obstacles.map(({ entry: { column }, obstacle }) => `${column} ${obstacle}`);
    expect(named.sort()).toEqual(['config no-iv', 'config several-forms', 'line several-forms']);
  }
  expect(await desk.import(undefined, ['unopened-rows', 'missing-values'])).toMatchObject({ values: 1 });
  const { rows } = await client.query('SELECT * FROM own WHERE id < 4 ORDER BY id');
  expect(rows[1].config).toEqual({ user: 'user-1', iv: expect.any(String), data: expect.any(String) });
  expect(rows[2].config).toEqual({ user: 'user-2' });
  expect(rows[3]).toEqual({ id: 3, config: null, line: null });
});
