import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { seal } from '#test/support/forms/application-cipher';
import { KeelFolder } from '#test/support/processes/keel-process';
import { createTestDatabase } from '#test/support/postgres/test-database';
import { base64Column } from '#test/support/databases/foreign-database';

const rows = 5_000;
const secretOf = (i: number) => `{"host": "db-${i}.internal", "password": "p${i}"}`;

/** A table of values with the IV before the body; `cellsOf` says what stands in rows of another form. */
async function prepare(
  cellsOf: (i: number, key: Buffer) => readonly [x: string, n: string | null] | undefined,
) {
  const database = await createTestDatabase();
  const folder = await KeelFolder.create();
  const { client, url } = database;
  const key = randomBytes(32);
  await client.query('CREATE TABLE s (id int PRIMARY KEY, u uuid DEFAULT gen_random_uuid(), x text, n text)');
  const cells = Array.from({ length: rows }, (_, i): readonly [string, string | null] => {
    const { iv, body } = seal(secretOf(i), key);
    return cellsOf(i, key) ?? [Buffer.concat([iv, body]).toString('base64'), null];
  });
  await client.query(
    `INSERT INTO s (id, x, n) SELECT i, x, n FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS r (x, n, i)`,
    [cells.map(([x]) => x), cells.map(([, n]) => n)],
  );
  const column = base64Column('s', 'x');
  const inventory = await folder.file('i.json', JSON.stringify({ version: 1, columns: [column] }));
  const from = await folder.file('from.key', key.toString('base64'));
  const to = await folder.file('to.key', randomBytes(32).toString('base64'));
  const at = ['--json', '--database', url, '--inventory', inventory];
  return {
    census: () => folder.run(['census', ...at, '--key-file', from]),
    rotate: (...more: readonly string[]) =>
      folder.run([
        ...['rotate', '--yes', '--accept', 'other-sessions', ...at],
        ...['--from-key-file', from, '--to-key-file', to, ...more],
      ]),
    cells: async () => (await client.query('SELECT * FROM s ORDER BY id')).rows,
    [Symbol.asyncDispose]: async () => {
      await folder[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}

describe.concurrent('one row of an older form among thousands, which the form of the others decrypts but for its first 16 bytes', () => {
  test.for<[string, (i: number, key: Buffer) => readonly [string, string | null]]>([
    [
      'its IV is in a column of its own',
      (i, key) => {
        const { iv, body } = seal(secretOf(i), key);
        return [body.toString('base64'), iv.toString('hex')];
      },
    ],
    [
      'its IV is zero',
      (i, key) => [seal(secretOf(i), key, undefined, Buffer.alloc(16)).body.toString('base64'), null],
    ],
  ])('%s: the census names it, and no switch lets a rotation cut it', async ([, older]) => {
    await using scene = await prepare((i, key) => (i === 3_456 ? older(i, key) : undefined));
    const before = await scene.cells();
    const { status, json } = await scene.census();
    expect(status).toBe(3);
    const misread = json.places.filter((place: any) => place.isMisread);
    expect(misread).toMatchObject([{ column: 'x', values: 1, inInventory: false, rows: ['id=3457'] }]);
    for (const more of [[], ['--leave', 'public.s.x', '--exclude', 's.x', '--accept', 'unlisted-columns']]) {
      const refused = await scene.rotate(...more);
      expect(refused.status).toBe(4);
      expect(refused.json.error.message).toContain('id=3457');
    }
    expect(await scene.cells()).toEqual(before);
  });
});

test('values beside UUIDs and 16-byte texts that are no IVs are all in the form of their entry', async () => {
  await using scene = await prepare((i, key) => {
    const { iv, body } = seal(secretOf(i), key);
    return [Buffer.concat([iv, body]).toString('base64'), randomBytes(16).toString(i % 2 ? 'hex' : 'base64')];
  });
  const { status, json } = await scene.census();
  expect(json.places).toMatchObject([{ inInventory: true, values: rows }]);
  expect(status).toBe(0);
});
