import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { TestDatabase } from '#test/support/postgres/test-database';
import type { KeelFolder } from '#test/support/processes/keel-process';

/** Columns whose values decrypt to ciphertexts once more, as another program writes them. */

export function seal(plain: string | Buffer, key: Buffer): Buffer {
  const iv = randomBytes(16);
  const cipher = createCipheriv('aes-256-cfb', key, iv);
  return Buffer.concat([iv, cipher.update(plain), cipher.final()]);
}

export function open(value: Buffer, key: Buffer): Buffer {
  const decipher = createDecipheriv('aes-256-cfb', key, value.subarray(0, 16));
  return Buffer.concat([decipher.update(value.subarray(16)), decipher.final()]);
}

export type Inner = (key: Buffer) => string | Buffer;
export const token = () => `ghp_${randomBytes(18).toString('hex')}`;
export const document = (password: string) => JSON.stringify({ host: 'db.internal', port: 5432, password });

export const inner: Readonly<Record<string, Inner>> = {
  base64: (key) => seal(token(), key).toString('base64'),
  hex: (key) => seal(token(), key).toString('hex'),
  url: (key) => seal(token(), key).toString('base64url'),
  bytes: (key) => seal(token(), key),
  leaf: (key) => document(seal(token(), key).toString('base64')),
  address: (key) =>
    `postgres://u:${encodeURIComponent(seal(token(), key).toString('base64'))}@db.internal/app`,
  beside: (key) => {
    const value = seal(token(), key);
    return JSON.stringify({
      iv: value.subarray(0, 16).toString('base64'),
      data: value.subarray(16).toString('base64'),
    });
  },
  three: (key) => seal(document(seal(token(), key).toString('hex')), key).toString('base64'),
};

export const rows = 40;

export async function fill(database: TestDatabase, key: Buffer, innerKey = key): Promise<void> {
  const names = Object.keys(inner);
  await database.client.query(
    `CREATE TABLE s (id int PRIMARY KEY, plain text, ${names.map((name) => `${name} text`).join(', ')})`,
  );
  for (let id = 1; id <= rows; id++) {
    const cells = [
      seal(document(token()), key).toString('base64'),
      ...names.map((name) => seal((inner[name] as Inner)(innerKey), key).toString('base64')),
    ];
    const places = cells.map((_, i) => `$${i + 2}`).join(', ');
    await database.client.query(`INSERT INTO s VALUES ($1, ${places})`, [id, ...cells]);
  }
}

export const read = async ({ client }: TestDatabase) =>
  (await client.query<Record<string, string>>('SELECT * FROM s ORDER BY id')).rows;

/** As `inner` wrote it: what the outer layer decrypts to under a key. */
export const outerOf = (row: Record<string, string>, name: string, key: Buffer) =>
  open(Buffer.from(row[name] as string, 'base64'), key).toString('latin1');

export async function desk(
  database: TestDatabase,
  folder: KeelFolder,
  columns: readonly string[],
  key: Buffer,
) {
  const entry = (column: string) => ({
    ...{ schema: 'public', table: 's', column, layout: 'base64', kind: 'credentials' },
  });
  const at = ['--database', database.url];
  const inventory = [
    '--inventory',
    await folder.file('i.json', JSON.stringify({ version: 1, columns: columns.map(entry) })),
  ];
  const [from, next] = [key, randomBytes(32)];
  const old = await folder.file('old.key', from.toString('base64'));
  const fresh = await folder.file('new.key', next.toString('base64'));
  const rotate = (...more: string[]) =>
    folder.run([
      ...['rotate', '--json', '--yes', '--accept', 'other-sessions', '--keep-keys-in', 'own-files'],
      ...[...at, ...inventory, '--from-key-file', old, '--to-key-file', fresh, ...more],
    ]);
  return {
    at,
    inventory,
    old,
    fresh,
    next,
    rotate,
    run: (...args: string[]) => folder.run([...args, ...at]),
  };
}
