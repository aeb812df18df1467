import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { open, seal, type Sealed } from '#test/support/forms/application-cipher';
import { KeelFolder } from '#test/support/processes/keel-process';
import { createTestDatabase } from '#test/support/postgres/test-database';

/** How an application of some time wrote and read its values. */
interface Writing {
  readonly write: (sealed: Sealed) => string;
  readonly read: (text: string) => Sealed | undefined;
}

const joined = (encoding: BufferEncoding, pattern: RegExp, before = ''): Writing => ({
  write: ({ iv, body }) => before + Buffer.concat([iv, body]).toString(encoding),
  read: (text) => {
    if (!text.startsWith(before) || !pattern.test(text.slice(before.length))) return undefined;
    const bytes = Buffer.from(text.slice(before.length), encoding);
    return { iv: bytes.subarray(0, 16), body: bytes.subarray(16) };
  },
});
const hex = joined('hex', /^[\da-f]+$/);
const base64 = joined('base64', /^[\w+/]+=*$/);
const prefixed = joined('base64', /^[\w+/]+=*$/, 'ENC:');
const pair: Writing = {
  write: ({ iv, body }) => `${iv.toString('hex')}:${body.toString('hex')}`,
  read: (text) => {
    const [, iv, body] = /^([\da-f]{32}):([\da-f]+)$/.exec(text) ?? [];
    return iv && body ? { iv: Buffer.from(iv, 'hex'), body: Buffer.from(body, 'hex') } : undefined;
  },
};

/** The most peculiar one first, as the application tries them. */
const generations: readonly [string, readonly Writing[]][] = [
  ['hexadecimal and base64', [hex, base64]],
  ['a pair in hexadecimal, and hexadecimal', [pair, hex]],
  ['a pair in hexadecimal, and base64', [pair, base64]],
  ['base64 with and without a word before it', [prefixed, base64]],
  ['four forms', [pair, prefixed, hex, base64]],
];

const secretOf = (i: number) => `{"host": "db-${i}.internal", "password": "p${i}-${'x'.repeat(i % 7)}"}`;

async function prepare(
  writings: readonly Writing[],
  rows: number,
  of: (i: number) => number,
  document = false,
) {
  const database = await createTestDatabase();
  const folder = await KeelFolder.create();
  const { client, url } = database;
  const [from, to] = [randomBytes(32), randomBytes(32)];
  await client.query(`CREATE TABLE s (id int PRIMARY KEY, x ${document ? 'jsonb' : 'text'})`);
  const cells = Array.from({ length: rows }, (_, i) => {
    const text = (writings[of(i)] as Writing).write(seal(secretOf(i), from));
    return document ? JSON.stringify({ auth: { token: text } }) : text;
  });
  const type = document ? 'jsonb' : 'text';
  await client.query(
    `INSERT INTO s SELECT n, c::${type} FROM unnest($1::text[]) WITH ORDINALITY AS r (c, n)`,
    [cells],
  );
  const at = ['--database', url];
  const keys = {
    from: await folder.file('from.key', from.toString('base64')),
    to: await folder.file('to.key', to.toString('base64')),
  };
  return {
    from,
    to,
    discover: async () => {
      const out = `${folder.path}/found.json`;
      const run = await folder.run(['discover', ...at, '--key-file', keys.from, '--out', out]);
      return { run, out };
    },
    inventory: (layouts: readonly string[]) =>
      folder.file(
        'given.json',
        JSON.stringify({
          version: 1,
          columns: layouts.map((layout) => ({
            ...{ schema: 'public', table: 's', column: 'x', layout, kind: 'unknown' },
          })),
        }),
      ),
    census: async (inventory: string) => {
      const out = `${folder.path}/extended.json`;
      const base = ['census', ...at, '--inventory', inventory, '--key-file', keys.from, '--out', out];
      return { run: await folder.run(base), out };
    },
    rotate: (inventory: string, ...more: readonly string[]) =>
      folder.run([
        ...['rotate', '--json', '--yes', '--accept', 'other-sessions', ...at, '--inventory', inventory],
        ...['--from-key-file', keys.from, '--to-key-file', keys.to, ...more],
      ]),
    undo: () => folder.run(['undo', '--json', '--yes', '--accept', 'other-sessions', ...at]),
    /** Which rows the application reads under a key, each in the form in which it was written. */
    read: async (key: Buffer): Promise<number> => {
      const column = document ? `x #>> '{auth,token}'` : 'x';
      const { rows } = await client.query(`SELECT id, ${column} AS x FROM s ORDER BY id`);
      return rows.filter(({ id, x }) => {
        const i = id - 1;
        const first = writings.findIndex((one) => one.read(x) !== undefined);
        const sealed = writings[first]?.read(x);
        return first === of(i) && sealed && open(sealed, key) === secretOf(i);
      }).length;
    },
    [Symbol.asyncDispose]: async () => {
      await folder[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}

describe.concurrent('a column whose values were written at several times', () => {
  test.for(generations)('%s: all are discovered, rotated and undone', async ([, writings]) => {
    await using scene = await prepare(writings, 40, (i) => i % writings.length);
    const { run, out } = await scene.discover();
    expect(run.status).toBe(0);
    expect(JSON.parse(await readFile(out, 'utf8')).columns.length).toBeGreaterThan(0);
    const rotated = await scene.rotate(out);
    expect(rotated, JSON.stringify(rotated.json)).toMatchObject({ status: 0 });
    expect(await scene.read(scene.to)).toBe(40);
    expect(await scene.undo()).toMatchObject({ status: 0 });
    expect(await scene.read(scene.from)).toBe(40);
  });

  test('in a document, all are discovered and rotated', async () => {
    await using scene = await prepare([hex, base64], 40, (i) => i % 2, true);
    const { out } = await scene.discover();
    const rotated = await scene.rotate(out);
    expect(rotated, JSON.stringify(rotated.json)).toMatchObject({ status: 0 });
    expect(await scene.read(scene.to)).toBe(40);
  });

  test('what a census writes of its other forms, a rotation takes', async () => {
    await using scene = await prepare([pair, prefixed, hex, base64], 80, (i) => i % 4);
    const given = await scene.inventory(['base64']);
    expect(await scene.rotate(given)).toMatchObject({ status: 4 });
    const { run, out } = await scene.census(given);
    expect(run.status).toBe(3);
    const rotated = await scene.rotate(out);
    expect(rotated, JSON.stringify(rotated.json)).toMatchObject({ status: 0 });
    expect(await scene.read(scene.to)).toBe(80);
  });

  test('one old row among thousands stops the rotation, and goes with the others once a census has named it', async () => {
    await using scene = await prepare([hex, base64], 6_000, (i) => (i === 4_321 ? 0 : 1));
    const given = await scene.inventory(['base64']);
    const refused = await scene.rotate(given);
    expect(refused).toMatchObject({ status: 4 });
    expect(await scene.read(scene.from)).toBe(6_000);
    const { out } = await scene.census(given);
    const rotated = await scene.rotate(out);
    expect(rotated, JSON.stringify(rotated.json)).toMatchObject({ status: 0 });
    expect(await scene.read(scene.to)).toBe(6_000);
  });

  test('forms that a text does not tell apart are refused in one inventory', async () => {
    await using scene = await prepare([base64], 5, () => 0);
    const refused = await scene.rotate(await scene.inventory(['base64', 'base64 cfb8']));
    expect(refused).toMatchObject({ status: 2 });
    expect(refused.json.error.message).toContain('cfb8');
  });
});
