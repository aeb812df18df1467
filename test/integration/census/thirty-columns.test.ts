import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { open } from '#test/support/forms/application-cipher';
import { plaintextOf } from '#test/support/forms/written-plaintexts';
import { createWrittenDatabase, type WrittenDatabase } from '#test/support/forms/written-rotation';
import type { WrittenForm, WrittenTable } from '#test/support/forms/written-table';
import { readAtoms, type Template } from '#test/support/forms/written-template';
import { isFullLength } from '#test/support/how-often';
import { KeelFolder } from '#test/support/processes/keel-process';

/** A table that hides a ciphertext in each of thirty columns, in another way in each, and in one of them in the last of very many rows. */
const manyRows = isFullLength ? 1_000_000 : 20_000;
const rows = 20;

const ways: readonly (readonly [type: string, template: Template])[] = [
  ['text', '«iv+body:base64»'],
  ['varchar(2000)', '«iv+body:base64url»'],
  ['text', '«iv+body:hex»'],
  ['text', '«iv+body:hex-upper»'],
  ['text', '«iv+body:base32»'],
  ['text', '«iv+body:base32-lower»'],
  ['bytea', '\\x«iv+body:hex»'],
  ['bytea', '\\x«iv+body:hex-of-base64»'],
  ['text', 'ENC_«iv+body:base64»'],
  ['text', 'v3:«iv+body:base64-unpadded»@k2'],
  ['text', '0x«iv+body:hex»'],
  ['text', '«iv:hex».«body:hex»'],
  ['text', '$ENC$k1$«iv:base64»$«body:base64»'],
  ['text', '«body+iv:base64»'],
  ['text', '«body:base64»|«iv:hex»'],
  ['text', '«0x01+iv+body:base64»'],
  ['text', 'user=svc;secret=«iv+body:base64»;host=h'],
  ['text', 'https://svc:«iv+body:base64-percent»@example.org/path?x=1'],
  ['xml', '<c><u>svc</u><p>«iv+body:base64»</p></c>'],
  ['json', '{"a": {"b": {"c": "«iv+body:base64-slashed»"}}}'],
  ['jsonb', '"«iv+body:base64»"'],
  ['jsonb', '{"config": "{\\"token\\": \\"«iv+body:base64»\\"}"}'],
  ['text[]', '{«iv+body:base64url»}'],
  ['bytea[]', '{"\\\\x«iv+body:hex»"}'],
  ['cred', '(svc,«iv+body:base64»)'],
  ['text', '«iv+body:base64-wrapped»'],
  ['text', '{"iv": "«iv:hex»", "data": "«body:base64»"}'],
  ['text', '["«iv:base64»", "«body:base64»"]'],
  ['text', '<secret iv="«iv:hex»">«body:base64»</secret>'],
  ['text', 'remember «iv+body:base64»'],
];
const late = ways.length - 1;
const numbered = (template: Template, n: number) =>
  template.replaceAll(/iv|body/g, (atom) => `${atom}#${n + 1}`);
const name = (n: number) => `c${n}`;

const form: WrittenForm = {
  before: 'CREATE TYPE cred AS (u text, p text)',
  columns: Object.fromEntries(
    ways.map(([type, template], n) => [
      name(n),
      { type, text: (i: number) => (n !== late || i === rows - 1 ? numbered(template, n) : null) },
    ]),
  ),
  filler: `INSERT INTO % (id, ${name(late)}) SELECT -g, 'a note of row ' || g FROM generate_series(1, ${manyRows}) AS g`,
  plaintext: (i) =>
    i < 1000 * late
      ? plaintextOf(i)
      : JSON.stringify({ host: 'db.internal', password: `correct horse ${i}` }),
  rows,
};

let database: WrittenDatabase;
let folder: KeelFolder;
beforeAll(async () => {
  database = await createWrittenDatabase({ hiding: form });
  folder = await KeelFolder.create();
}, 300_000);
afterAll(async () => {
  await folder?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});

/** How many values of each column its application reads under a key. */
async function readableIn(key: Buffer): Promise<number[]> {
  const table = database.tables.find((one) => one.name === 'hiding') as WrittenTable;
  const columns = ways.map((_, n) => `${name(n)}::text`).join(', ');
  const read = await database.client.query({
    text: `SELECT ${columns} FROM hiding WHERE id >= 0 ORDER BY id`,
    rowMode: 'array',
  });
  return ways.map(([, template], n) => {
    const isRead = (text: string | null, i: number) => {
      if (text === null) return false;
      try {
        const atoms = readAtoms(numbered(template, n), i, text);
        const value = { iv: atoms.get(`iv#${n + 1}`), body: atoms.get(`body#${n + 1}`) };
        return open(value as never, key) === table.rows[i]?.plaintexts[n];
      } catch {
        return false;
      }
    };
    return read.rows.filter((row, i) => isRead(row[n] as string | null, i)).length;
  });
}

describe(`of thirty columns, one with its only value in the last of ${manyRows} rows`, () => {
  test('a census finds all, and a rotation leaves none without its name', async () => {
    const at = ['--database', database.url, '--json'];
    const from = await folder.file('from.key', database.from.toString('base64'));
    const to = await folder.file('to.key', database.to.toString('base64'));
    const expected = ways.map((_, n) => (n === late ? 1 : rows));
    expect(await readableIn(database.from)).toEqual(expected);

    const [found, whole] = [`${folder.path}/found.json`, `${folder.path}/whole.json`];
    const discovered = await folder.run(['discover', ...at, '--key-file', from, '--out', found]);
    expect(discovered.status, discovered.stderr).toBe(0);

    const census = await folder.run([
      ...['census', ...at, '--inventory', found, '--key-file', from, '--out', whole],
    ]);
    expect(census.status).toBe(3);
    const places = census.json.places.filter(({ table }: any) => table === 'hiding');
    expect(new Set(places.map(({ column }: any) => column))).toEqual(new Set(ways.map((_, n) => name(n))));
    expect(places.find(({ column }: any) => column === name(late))).toMatchObject({
      values: 1,
      inInventory: false,
      rows: [`id=${rows - 1}`],
    });

    const left = new Set<string>();
    for (;;) {
      const byName = [...left].flatMap((column) => ['--leave', `public.hiding.${column}`]);
      const rotated = await folder.run([
        ...['rotate', ...at, '--inventory', whole, '--from-key-file', from, '--to-key-file', to, '--yes'],
        ...['--keep-keys-in', 'own-files', '--accept', 'other-sessions', ...byName],
        // notes stand beside its value
        ...['--exclude', `hiding.${name(late)}`],
      ]);
      if (rotated.status === 0) break;
      const named = [...rotated.stdout.matchAll(/hiding\.(c\d+)/g)].map(([, column]) => column as string);
      expect(
        named.filter((column) => !left.has(column)),
        rotated.stdout,
      ).not.toEqual([]);
      for (const column of named) left.add(column);
    }
    const [underOld, underNew] = [await readableIn(database.from), await readableIn(database.to)];
    expect(underNew).toEqual(expected.map((count, n) => (left.has(name(n)) ? 0 : count)));
    expect(underOld).toEqual(expected.map((count, n) => (left.has(name(n)) ? count : 0)));
    expect([...left]).toEqual([]);
  }, 600_000);
});
