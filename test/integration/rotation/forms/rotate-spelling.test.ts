import { createCipheriv, randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { base64Column, openBase64 } from '#test/support/databases/foreign-database';
import { KeelFolder } from '#test/support/processes/keel-process';
import { createTestDatabase } from '#test/support/postgres/test-database';

/** IV and body of a value whose text, as `write` has it, is one that `isWanted`. */
function drawn(secret: string, key: Buffer, isWanted: (sealed: Buffer) => boolean): Buffer {
  for (;;) {
    const iv = randomBytes(16);
    const cipher = createCipheriv('aes-256-cfb', key, iv);
    const sealed = Buffer.concat([iv, cipher.update(secret), cipher.final()]);
    if (isWanted(sealed)) return sealed;
  }
}

const hasSign = (bytes: Buffer) => /[+/]/.test(bytes.toString('base64'));
const isSignless = (bytes: Buffer) => !hasSign(bytes);

interface Scene {
  readonly columns: string;
  readonly rows: (key: Buffer) => readonly (readonly string[])[];
  readonly entry: Readonly<Record<string, unknown>>;
}

async function prepare({ columns, rows, entry }: Scene) {
  const database = await createTestDatabase();
  const folder = await KeelFolder.create();
  const { client, url } = database;
  const [from, to] = [randomBytes(32), randomBytes(32)];
  await client.query(`CREATE TABLE vault (id int PRIMARY KEY, ${columns})`);
  for (const [i, cells] of rows(from).entries()) {
    const places = cells.map((_, n) => `$${n + 2}`).join(', ');
    await client.query(`INSERT INTO vault VALUES ($1, ${places})`, [i, ...cells]);
  }
  const column = { ...base64Column(), ...entry };
  const inventory = await folder.file('i.json', JSON.stringify({ version: 1, columns: [column] }));
  const at = ['--json', '--yes', '--accept', 'other-sessions', '--database', url];
  return {
    from,
    to,
    rotate: async (...more: readonly string[]) =>
      folder.run([
        ...['rotate', ...at, '--inventory', inventory],
        ...['--from-key-file', await folder.file('from.key', from.toString('base64'))],
        ...['--to-key-file', await folder.file('to.key', to.toString('base64')), ...more],
      ]),
    undo: () => folder.run(['undo', ...at]),
    cells: async (): Promise<string[]> => {
      const { rows } = await client.query('SELECT s FROM vault ORDER BY id');
      return rows.map(({ s }) => s);
    },
    [Symbol.asyncDispose]: async () => {
      await folder[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}

const secretOf = (i: number) => `token-${i}-${'x'.repeat(20)}`;

describe.concurrent('values that show neither the standard nor the URL-safe alphabet', () => {
  const signless: Scene = {
    columns: 's text',
    rows: (key) =>
      Array.from({ length: 6 }, (_, i) => [drawn(secretOf(i), key, isSignless).toString('base64')]),
    entry: {},
  };

  test('are rewritten, and by an undo once more, so that a reader of either alphabet reads them', async () => {
    await using scene = await prepare(signless);
    expect(await scene.rotate()).toMatchObject({ status: 0 });
    for (const [key, undo] of [
      [scene.to, false],
      [scene.from, true],
    ] as const) {
      if (undo) expect(await scene.undo()).toMatchObject({ status: 0 });
      const cells = await scene.cells();
      for (const [i, cell] of cells.entries()) {
        expect(cell).toMatch(/^[A-Za-z0-9=]+$/);
        expect(openBase64(cell, key)).toBe(secretOf(i));
      }
    }
  });

  test('keep the alphabet of which another row of the column has a digit', async () => {
    await using scene = await prepare({
      ...signless,
      rows: (key) => [
        ...Array.from({ length: 40 }, (_, i) => [drawn(secretOf(i), key, isSignless).toString('base64')]),
        [drawn(secretOf(40), key, hasSign).toString('base64')],
      ],
    });
    expect(await scene.rotate()).toMatchObject({ status: 0 });
    const cells = await scene.cells();
    expect(cells.map((cell) => openBase64(cell, scene.to))).toEqual(cells.map((_, i) => secretOf(i)));
    expect(cells.join('')).toMatch(/[+/]/);
  });

  test('are written in the alphabet that the inventory names', async () => {
    await using scene = await prepare({
      ...signless,
      rows: (key) =>
        Array.from({ length: 40 }, (_, i) => [drawn(secretOf(i), key, isSignless).toString('base64url')]),
      entry: { layout: 'base64url' },
    });
    expect(await scene.rotate()).toMatchObject({ status: 0 });
    const cells = await scene.cells();
    expect(cells.join('')).toMatch(/^[\w-]+$/);
    expect(cells.join('')).toMatch(/[_-]/);
  });

  test('stop the rotation where their IV is kept, and are written in standard base64 if the admin says so', async () => {
    const apart = (bytes: Buffer) => isSignless(bytes.subarray(0, 16)) && isSignless(bytes.subarray(16));
    await using scene = await prepare({
      columns: 's text, n text',
      rows: (key) =>
        Array.from({ length: 12 }, (_, i) => {
          const sealed = drawn(secretOf(i), key, apart);
          return [sealed.subarray(16).toString('base64'), sealed.subarray(0, 16).toString('base64')];
        }),
      entry: { layout: '"{body base64}"', iv: { column: 'n', layout: '"{iv base64}"' } },
    });
    const before = await scene.cells();
    const refused = await scene.rotate();
    expect(refused).toMatchObject({ status: 4 });
    expect(refused.json.error.message).toContain('base64url');
    expect(refused.json.error.remedy).toContain('--accept alphabet-untold');
    expect(await scene.cells()).toEqual(before);
    expect(await scene.rotate('--accept', 'alphabet-untold')).toMatchObject({ status: 0 });
  });
});

test('a digit string of hex takes the case that the other values of its column have', async () => {
  const isCaseless = (bytes: Buffer) => !/[a-f]/.test(bytes.subarray(16).toString('hex'));
  const write = (sealed: Buffer) =>
    [sealed.subarray(0, 16), sealed.subarray(16)].map((part) => part.toString('hex').toUpperCase()).join(':');
  await using scene = await prepare({
    columns: 's text',
    rows: (key) => [
      ...Array.from({ length: 30 }, (_, i) => [write(drawn(secretOf(i), key, () => true))]),
      ...Array.from({ length: 30 }, (_, i) => [write(drawn(`p${i % 10}`, key, isCaseless))]),
    ],
    entry: { layout: 'hex:hex' },
  });
  expect(await scene.rotate('--accept', 'ambiguous-rows')).toMatchObject({ status: 0 });
  for (const cell of await scene.cells()) expect(cell).toMatch(/^[0-9A-F]+:[0-9A-F]+$/);
});
