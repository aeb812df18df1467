import { randomBytes, randomInt } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type FormColumn, findValues } from '#forms/row-values';
import { ValuesInPlace } from '#forms/values-in-place';
import { batchOf } from '../postgres/batch-of.ts';
import { columnOf, type EntryPart, shapes } from '#test/support/forms/columns';

type Cell = Buffer | null;
const pick = <T>(all: readonly T[]): T => all[randomInt(all.length)] as T;
const base64 = (bytes: Buffer) => bytes.toString('base64');
const sealed = () => randomBytes(17 + randomInt(60));
const [iv, body] = [() => randomBytes(16), () => randomBytes(1 + randomInt(60))];

/** What two columns are, and how a row of them is written. */
interface Kind {
  readonly name: string;
  readonly columns: readonly FormColumn[];
  readonly row: () => Cell[];
}

const text = (entry: EntryPart, cell: () => string | Buffer, shape: keyof typeof shapes = 'text'): Kind => ({
  name: `${entry.path ?? ''} ${entry.layout ?? 'base64'} in ${shape}`,
  columns: [columnOf(shapes.text, []), columnOf(shapes[shape], [entry])],
  row: () => [Buffer.from('beside'), Buffer.from(cell())],
});

const document = (write: () => string) =>
  `{"id": 7, "auth": {"x": [1, "a\\"b", null], "token": "${write()}"}, "z": "é"}`;

const kinds: readonly Kind[] = [
  text({}, () => base64(sealed())),
  text({}, () => base64(sealed()).replace(/=+$/, '')),
  text({ layout: 'base64url' }, () => sealed().toString('base64url')),
  text({ layout: 'hex' }, () => sealed().toString('hex')),
  text({ layout: 'hex' }, () => sealed().toString('hex').toUpperCase()),
  text({ layout: 'raw' }, sealed, 'bytes'),
  text({ layout: "'ENC:' base64" }, () => `ENC:${base64(sealed())}`),
  text({ layout: '"<<{iv+body hex}>>"' }, () => `<<${sealed().toString('hex')}>>`),
  text({ layout: 'hex:base64' }, () => `${iv().toString('hex')}:${base64(body())}`),
  text({ layout: 'base64:base64' }, () => `${base64(iv())}:${base64(body())}`),
  text({ layout: '"{body base64}.{iv base64}"' }, () => `${base64(body())}.${base64(iv())}`),
  text({ layout: '"{body base64}"', iv: { fixed: 'zero' } }, () => base64(body())),
  text({ path: '$.auth.token' }, () => document(() => base64(sealed())), 'json'),
  text(
    { path: '$.auth.token', layout: "'v1:' hex" },
    () => document(() => `v1:${sealed().toString('hex')}`),
    'json',
  ),
  {
    name: 'a body whose IV is in another column',
    columns: [
      columnOf(shapes.text, [], 'nonce'),
      columnOf(shapes.text, [{ layout: '"{body hex}"', iv: { column: 'nonce', layout: '"{iv hex}"' } }]),
    ],
    // a text without a letter shows no case, and is read one by one
    row: () => [
      Buffer.from(`ab${iv().toString('hex').slice(2)}`),
      Buffer.from(`cd${body().toString('hex')}`),
    ],
  },
  {
    name: 'two paths of a document',
    columns: [
      columnOf(shapes.text, []),
      columnOf(shapes.json, [{ path: '$.b' }, { path: '$.a.s', layout: 'hex' }]),
    ],
    row: () => [
      null,
      Buffer.from(`{"a":{"s":"${sealed().toString('hex')}"},"n":-1.5e3,"b":"${base64(sealed())}"}`),
    ],
  },
];

/** A cell as somebody may have written it: mostly as it should be, and a little off. */
function odd(cell: Cell): Cell {
  if (!cell || cell.length === 0) return cell;
  const at = randomInt(cell.length);
  const written = cell.toString('latin1');
  const other = pick([
    '"',
    '\\',
    '=',
    '\n',
    '{',
    '}',
    ',',
    ' ',
    '\0',
    'A',
    '-',
    ':',
    String.fromCharCode(randomInt(256)),
  ]);
  const texts = [
    written.slice(0, at) + other + written.slice(at + 1),
    written.slice(0, at) + other + written.slice(at),
    written.slice(0, at),
    written.slice(at),
    written + other,
    written.replaceAll('"a"', '"b"'),
    written.replace(/"[^"]{20,}"/, pick(['null', '""', '7', '{}', '"x"', 'true'])),
    written.replaceAll('/', '\\/'),
    `ENC:${written}`,
    'null',
    `"${written}"`,
    '',
  ];
  return pick([Buffer.from(pick(texts), 'latin1'), null]);
}

const seen = (columns: readonly FormColumn[], row: readonly Cell[]) =>
  findValues(columns, row).map(({ column, form, ciphertext }) => ({
    column,
    form,
    iv: Buffer.from(ciphertext?.iv as Uint8Array).toString('hex'),
    body: ciphertext?.body.toString('hex'),
  }));

/** What was taken of one row. */
function taken(values: ValuesInPlace) {
  const { tape, targetForms, targetFormOf } = values;
  return Array.from({ length: tape.count }, (_, value) => {
    const start = tape.starts[value] as number;
    const bytes = Buffer.from(tape.bytes.subarray(start, start + 16 + (tape.lengths[value] as number)));
    const { column, form } = targetForms[targetFormOf[value] as number] as (typeof targetForms)[number];
    return { column, form, iv: bytes.toString('hex', 0, 16), body: bytes.toString('hex', 16) };
  });
}

const inOrder = (values: readonly { readonly form: number }[]) => values.toSorted((a, b) => a.form - b.form);

describe.each(kinds)('$name, in place', ({ columns, row }) => {
  test('is read as it is read one by one', () => {
    const values = ValuesInPlace.of(columns) as ValuesInPlace;
    for (let round = 0; round < 100; round++) {
      const cells = row();
      values.clear();
      expect(values.take(batchOf([cells]), 0)).toBe(true);
      expect(inOrder(taken(values))).toEqual(seen(columns, cells));
      expect(values.tape.count).toBe(columns.reduce((sum, { forms }) => sum + forms.length, 0));
    }
  });

  test('is left where anything is unusual, and never read in another way', () => {
    const values = ValuesInPlace.of(columns) as ValuesInPlace;
    for (let round = 0; round < 500; round++) {
      const cells = row();
      const at = randomInt(2);
      cells[at] = odd(cells[at] as Cell);
      const batch = batchOf([row(), cells, row()]);
      values.clear();
      values.take(batch, 0);
      const { count } = values.tape;
      const isTaken = values.take(batch, 2);
      if (!isTaken) expect(values.tape.count).toBe(count);
      const own = taken(values).slice(count);
      if (isTaken) expect(inOrder(own), cells.map(String).join(' | ')).toEqual(seen(columns, cells));
    }
  });
});

test('forms that need more than that are not read in place', () => {
  const others: readonly EntryPart[] = [
    { layout: 'base64 cfb8' },
    { layout: 'base32' },
    { layout: 'grafana' },
    { layout: '"{*}{iv+body base64}"' },
    { layout: '"{4+iv+body base64}"' },
    { layout: '"{body base64}"', iv: { fixed: 'key-start' } },
    { path: '$.list[*]' },
  ];
  for (const entry of others)
    expect(ValuesInPlace.of([columnOf(shapes.json, [entry])]), JSON.stringify(entry)).toBeUndefined();
});
