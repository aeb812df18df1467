import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { KeelFolder } from '#test/support/processes/keel-process';
import { createTestDatabase } from '#test/support/postgres/test-database';

const encrypt = (key: Buffer, text: string): [Buffer, Buffer] => {
  const iv = randomBytes(16);
  return [iv, createCipheriv('aes-256-cfb', key, iv).update(text, 'utf8')];
};
const decrypt = (key: Buffer, iv: Buffer, body: Buffer) =>
  createDecipheriv('aes-256-cfb', key, iv).update(body).toString('utf8');
const seal = (key: Buffer, text: string, encoding: BufferEncoding = 'base64') =>
  Buffer.concat(encrypt(key, text)).toString(encoding);
const open = (key: Buffer, cell: string, encoding: BufferEncoding = 'base64') => {
  const bytes = Buffer.from(cell, encoding);
  return decrypt(key, bytes.subarray(0, 16), bytes.subarray(16));
};

interface TextForm {
  readonly name: string;
  readonly write: (key: Buffer, secrets: readonly string[]) => string;
  readonly read: (key: Buffer, cell: string) => string[];
  /** Secrets of a row. */
  readonly many?: boolean;
  /** An entry as an older inventory has it; without it, the proposed one is used. */
  readonly layout?: string;
}

const list = (name: string, separator: string, encoding: BufferEncoding): TextForm => ({
  name,
  many: true,
  write: (key, secrets) => secrets.map((secret) => seal(key, secret, encoding)).join(separator),
  read: (key, cell) => cell.split(separator).map((one) => open(key, one, encoding)),
});

const forms: readonly TextForm[] = [
  list('a list with commas', ',', 'base64'),
  list('a list with commas and spaces', ', ', 'base64url'),
  list('a list with bars, in hex', '|', 'hex'),
  {
    name: 'base64 escaped for a URL',
    write: (key, [secret = '']) => encodeURIComponent(seal(key, secret)),
    // as a form is read: a plus sign would be a space
    read: (key, cell) => [open(key, decodeURIComponent(cell.replaceAll('+', ' ')))],
  },
  {
    name: 'base64 escaped for a URL in small letters',
    write: (key, [secret = '']) =>
      encodeURIComponent(seal(key, secret)).replace(/%../g, (escape) => escape.toLowerCase()),
    read: (key, cell) => [open(key, decodeURIComponent(cell.replaceAll('+', ' ')))],
  },
  ...[undefined, "'ENC:' json-base64"].map(
    (layout): TextForm => ({
      name: `a document after a word${layout ? ', by an inventory of version 1' : ''}`,
      ...(layout && { layout }),
      write: (key, [secret = '']) => {
        const [iv, data] = encrypt(key, secret);
        return `ENC:${JSON.stringify({ iv: iv.toString('base64'), data: data.toString('base64') })}`;
      },
      read: (key, cell) => {
        const { iv, data } = JSON.parse(cell.slice(4)) as { iv: string; data: string };
        return [decrypt(key, Buffer.from(iv, 'base64'), Buffer.from(data, 'base64'))];
      },
    }),
  ),
];

describe.concurrent('values in a text are found and rotated:', () => {
  test.for(forms)('$name', async ({ write, read, many, layout }) => {
    await using database = await createTestDatabase();
    await using folder = await KeelFolder.create();
    const { client, url } = database;
    const [from, to] = [randomBytes(32), randomBytes(32)];
    await client.query('CREATE TABLE vault (id int PRIMARY KEY, s text)');
    const secrets = Array.from({ length: 40 }, (_, i) =>
      Array.from({ length: many ? (i % 3) + 1 : 1 }, (_, n) => `secret number ${i}.${n} of many`),
    );
    for (const [i, row] of secrets.entries())
      await client.query('INSERT INTO vault VALUES ($1, $2)', [i, write(from, row)]);
    const fromFile = await folder.file('from.key', from.toString('base64'));
    const entry = { schema: 'public', table: 'vault', column: 's', layout, kind: 'unknown' };
    const inventory = await folder.file('inventory.json', JSON.stringify({ version: 1, columns: [entry] }));
    const target = ['--json', '--database', url];
    if (!layout) {
      const out = `${folder.path}/found.json`;
      const found = await folder.run(['discover', ...target, '--key-file', fromFile, '--out', out]);
      expect(found, found.stdout).toMatchObject({ status: 0 });
    }
    const run = await folder.run([
      ...['rotate', ...target, '--yes', '--accept', 'other-sessions'],
      ...['--inventory', layout ? inventory : `${folder.path}/found.json`, '--from-key-file', fromFile],
      ...['--to-key-file', await folder.file('to.key', to.toString('base64'))],
    ]);
    expect(run, run.stdout).toMatchObject({ status: 0, json: { rotation: { rows: 40 } } });
    const { rows } = await client.query('SELECT s FROM vault ORDER BY id');
    for (const [i, { s }] of rows.entries()) expect(read(to, s)).toEqual(secrets[i]);
  });
});
