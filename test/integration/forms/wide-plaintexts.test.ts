import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { KeelFolder } from '#test/support/processes/keel-process';
import { createTestDatabase } from '#test/support/postgres/test-database';

const seal = (key: Buffer, text: string) => {
  const iv = randomBytes(16);
  const cipher = createCipheriv('aes-256-cfb', key, iv);
  return Buffer.concat([iv, cipher.update(text, 'utf16le')]).toString('base64');
};
const open = (key: Buffer, cell: string) => {
  const bytes = Buffer.from(cell, 'base64');
  const decipher = createDecipheriv('aes-256-cfb', key, bytes.subarray(0, 16));
  return decipher.update(bytes.subarray(16)).toString('utf16le');
};

test.concurrent.for([
  ['German', (i: number) => `Paßwort für Zürich Nr. ${i}`],
  ['Russian', (i: number) => `пароль от базы данных ${i}`],
  ['English and one accent', (i: number) => (i % 5 === 0 ? `café password ${i}` : `coffee password ${i}`)],
] as const)('secrets that were encrypted as UTF-16LE are found and rotated: %s', async ([, text]) => {
  await using database = await createTestDatabase();
  await using folder = await KeelFolder.create();
  const { client, url } = database;
  const [from, to] = [randomBytes(32), randomBytes(32)];
  await client.query('CREATE TABLE vault (id int PRIMARY KEY, s text)');
  for (let i = 0; i < 30; i++)
    await client.query('INSERT INTO vault VALUES ($1, $2)', [i, seal(from, text(i))]);
  const fromFile = await folder.file('from.key', from.toString('base64'));
  const inventory = `${folder.path}/inventory.json`;
  const target = ['--json', '--database', url];
  const found = await folder.run(['discover', ...target, '--key-file', fromFile, '--out', inventory]);
  expect(found.json.inventory.columns).toMatchObject([{ table: 'vault', column: 's', layout: 'base64' }]);
  const run = await folder.run([
    ...['rotate', ...target, '--yes', '--accept', 'other-sessions', '--inventory', inventory],
    ...['--from-key-file', fromFile],
    ...['--to-key-file', await folder.file('to.key', to.toString('base64'))],
  ]);
  expect(run).toMatchObject({ status: 0, json: { rotation: { rows: 30 } } });
  const { rows } = await client.query('SELECT s FROM vault ORDER BY id');
  for (const [i, { s }] of rows.entries()) expect(open(to, s)).toBe(text(i));
});
