import { createDecipheriv } from 'node:crypto';
import { expect, test } from 'vitest';
import { usualForm } from '#credentials/cell-form';
import { cellBefore, isDisplaced, type Vacant, withExample } from '#credentials/new-cell';
import type { EncryptedColumn } from '#contract/inventory';
import { EncryptionKey } from '#crypto/encryption-key';
import { openCiphertexts, sealCiphertexts } from '#forms/cipher';
import type { Ciphertext } from '#forms/ciphertext';
import type { CellShape } from '#forms/container';
import { readEntry } from '#forms/entry';
import { templateNames } from '#forms/layout';
import { innerSecret, outerBytes } from '#forms/plaintext';
import { findValues, type FormColumn, replaceValues, type RowValue } from '#forms/row-values';

const key = new EncryptionKey(Buffer.from('0123456789abcdef0123456789ABCDEF'));
const secret = Buffer.from('a secret € \0');

type Entry = Partial<Pick<EncryptedColumn, 'path' | 'iv'>> & Pick<EncryptedColumn, 'layout'>;

function columnOf(kind: 'text' | 'json' | 'bytes', ...entries: readonly Entry[]): FormColumn {
  const forms = entries.map((entry) =>
    readEntry({ schema: 's', table: 't', column: 'c', kind: 'unknown', ...entry }),
  );
  return { name: 'c', shape: { kind }, forms };
}

/** The cell with a secret encrypted wherever one is missing, as an import writes it, and what is found in it. */
async function written(
  column: FormColumn,
  cell: Buffer | null,
  vacants: readonly Omit<Vacant, 'targetForm'>[] = [{}],
) {
  const [targetForm] = column.forms as [FormColumn['forms'][0]];
  const form = usualForm(targetForm, column.forms);
  if (!form) throw new Error('it has no usual form');
  let filled = cell;
  for (const vacant of vacants) {
    const next = withExample(column, filled, { targetForm, ...vacant }, form);
    if (typeof next === 'string') throw new Error(next);
    filled = next;
  }
  const values = findValues([column], [filled]);
  const ciphertexts = values.map(({ ciphertext }) => ciphertext as Ciphertext);
  const plaintexts = values.map(() => outerBytes(targetForm.layout, secret));
  const edits = await sealCiphertexts(targetForm.layout, key, ciphertexts, plaintexts);
  const fresh = replaceValues(
    filled as Buffer,
    0,
    values.map((value, i) => ({ value, edits: edits[i] ?? [] })),
  );
  return { fresh, values: findValues([column], [fresh]) };
}

async function opened(column: FormColumn, { ciphertext, form }: RowValue): Promise<Buffer> {
  const { layout } = column.forms[form] as FormColumn['forms'][0];
  const { plaintexts } = await openCiphertexts(layout, key, ciphertext ? [ciphertext] : []);
  return Buffer.from(innerSecret(layout, plaintexts[0] as Uint8Array) ?? []);
}

const layouts = [...templateNames, 'json-base64', 'json-hex', '"{iv hex}.{body base32}"'].flatMap(
  (layout) => [layout, `${layout} cfb8 pkcs7 inner-base64`],
);
const prefixed = templateNames.map((name) => `'it''s v1:' ${name} cfb8 pkcs7 inner-base64`);

test.each([...layouts, ...prefixed])('a cell that is new reads as one of its column: %s', async (layout) => {
  const column = columnOf('text', { layout });
  const one = await written(column, null);
  const other = await written(column, null);
  expect(one.fresh).not.toEqual(other.fresh);
  expect(one.values).toHaveLength(1);
  expect(await opened(column, one.values[0] as RowValue)).toEqual(secret);
});

test.each(['text', 'json', 'bytes'] as const)(
  'a document that is one value is new where there is none: %s',
  async (kind) => {
    const column = columnOf(kind, { layout: 'hex', path: '$' });
    for (const before of [null, Buffer.from('null'), Buffer.from(' "" ')]) {
      const { fresh, values } = await written(column, before);
      expect(fresh.toString()).toMatch(before?.includes(' ') ? /^ "[0-9a-f]+" $/ : /^"[0-9a-f]+"$/);
      expect(await opened(column, values[0] as RowValue)).toEqual(secret);
    }
  },
);

test('the usual manner is that of most programs', async () => {
  const textOf = async (layout: string) =>
    (await written(columnOf('text', { layout }), null)).fresh.toString('latin1');
  const decrypt = (iv: Buffer, body: Buffer) => {
    const decipher = createDecipheriv('aes-256-cfb', Buffer.from(key.bytes), iv);
    return Buffer.concat([decipher.update(body), decipher.final()]);
  };
  const split = (bytes: Buffer) => decrypt(bytes.subarray(0, 16), bytes.subarray(16));
  const base64 = await textOf('base64');
  expect(base64.length % 4).toBe(0);
  expect(split(Buffer.from(base64, 'base64'))).toEqual(secret);
  const hex = await textOf("'enc:' hex");
  expect(hex).toMatch(/^enc:[0-9a-f]+$/);
  expect(split(Buffer.from(hex.slice(4), 'hex'))).toEqual(secret);
  const { iv, data } = JSON.parse(await textOf('json-base64'));
  expect(decrypt(Buffer.from(iv, 'base64'), Buffer.from(data, 'base64'))).toEqual(secret);
});

test('a layout with bytes or text of each value’s own has no usual manner', () => {
  for (const layout of ['"{4+iv+body base64}"', '"secret={iv+body base64};{*}"']) {
    const column = columnOf('text', { layout });
    expect(usualForm(column.forms[0] as FormColumn['forms'][0], column.forms), layout).toBeUndefined();
  }
});

const leafOf = (name: string) => ({ leaf: `$.${name}.t` });

test('several values are written into one document, and taken out of it again to the letter', async () => {
  const before = Buffer.from('{ "a": {"t":5 , "x":"é"}, "b": { "x" :1.0 }, "c":{}, "d": { "t": null } }');
  const column = columnOf('json', { layout: 'base64', path: '$.*.t' });
  const [a] = findValues([column], [before]);
  const first = { ...leafOf('a'), here: a };
  const { fresh, values } = await written(column, before, [...['b', 'c', 'd'].map(leafOf), first]);
  const plain = fresh.toString().replace(/[\w+/]{20,}=*/g, 'fresh');
  expect(plain).toBe(
    '{ "a": {"t":"fresh" , "x":"é"}, "b": { "x" :1.0,"t":"fresh" }, "c":{"t":"fresh"}, "d": { "t": "fresh" } }',
  );
  const [targetForm] = column.forms as [FormColumn['forms'][0]];
  const found = values.map((value, i) => ({ targetForm, value, ...leafOf('abcd'.charAt(i)) }));
  expect(cellBefore(column, fresh, before, found)).toEqual(before);
  const damaged = Buffer.from(fresh.toString().replace('1.0', '1.1'));
  expect(cellBefore(column, damaged, before, found)).not.toEqual(before);
});

const apart = { layout: '"{body base64}"', path: '$.*.data', iv: { path: '$.*.iv', layout: '"{iv hex}"' } };

test('an IV beside a missing value is kept, and one that is missing too is written with it, never twice the same', async () => {
  const iv = '00112233445566778899aabbccddeeff';
  const before = Buffer.from(`{"a":{"iv":"${iv}", "n":1},"b":{"iv":null},"c":{ }, "é" : {"data":""}}`);
  const column = columnOf('json', apart);
  const vacants = ['a', 'b', 'c', 'é', 'd'].map((name) => ({ leaf: `$.${name}.data` }));
  const { fresh, values } = await written(column, before, vacants);
  const document = JSON.parse(fresh.toString());
  expect(document.a).toEqual({ iv, n: 1, data: expect.any(String) });
  expect(Object.keys(document)).toEqual(['a', 'b', 'c', 'é', 'd']);
  const ivs = Object.values(document).map((one) => (one as { iv: string }).iv);
  expect(new Set(ivs).size).toBe(5);
  for (const value of values) expect(await opened(column, value)).toEqual(secret);
  const [targetForm] = column.forms as [FormColumn['forms'][0]];
  const found = values.map((value, i) => ({ targetForm, value, ...vacants[i] }));
  expect(cellBefore(column, fresh, before, found)).toEqual(before);
  const damaged = Buffer.from(fresh.toString().replace(iv, iv.replace('00', '01')));
  expect(cellBefore(column, damaged, before, found)).not.toEqual(before);
});

test('something else in place of a value and its IV is displacement, and nothing there is not', () => {
  const column = columnOf('json', apart);
  const [targetForm] = column.forms as [FormColumn['forms'][0]];
  const form = usualForm(targetForm, column.forms);
  const displaced = (text: string) =>
    isDisplaced(column, Buffer.from(text), { targetForm, leaf: '$.a.data' }, form);
  for (const text of ['{"a":{"password":"x"}}', '{"a":"x"}', '{"a":7}', '{"a":{"iv":"no IV"}}'])
    expect(displaced(text), text).toBe(true);
  for (const text of ['{}', '{"a":null}', '{"a":{}}', '{"a":{"iv":null,"data":""}}', 'null'])
    expect(displaced(text), text).toBe(false);
});

test('what has no place says why', () => {
  const [targetForm] = columnOf('json', apart).forms as [FormColumn['forms'][0]];
  const answer = (shape: CellShape, cell: string | null, entry: Entry, leaf?: string, form = {}) => {
    const column = { ...columnOf('json', entry), shape };
    const own = column.forms[0] as typeof targetForm;
    const usual = { ...usualForm(own, column.forms), text: 'x', ...form };
    return withExample(column, cell === null ? null : Buffer.from(cell), { targetForm: own, leaf }, usual);
  };
  const json = { kind: 'json' } as const;
  expect(answer(json, null, apart, '$.a.data')).toBe('no-document');
  expect(answer({ kind: 'text' }, 'in clear', apart, '$.a.data')).toBe('no-document');
  expect(answer({ kind: 'text' }, 'in clear', { layout: 'base64', path: '$' })).toBe('no-document');
  expect(answer(json, '[]', apart, '$.a.data')).toBe('no-place');
  expect(answer(json, '{"a":{"n":1}}', apart, '$.a.data', { envelope: undefined })).toBe('no-iv');
  expect(answer(json, '{}', apart, '$.a.data', { envelope: undefined })).toBe('several-forms');
  const array = { kind: 'array', element: { kind: 'text' }, delimiter: ',' } as const;
  for (const cell of [null, '{a}']) {
    expect(answer(array, cell, { layout: 'base64', path: '$[*]' }, '$[1]')).toBe('no-place');
  }
  expect(answer({ kind: 'hstore' }, '"a"=>"x"', { layout: 'base64', path: '$.b' })).toBe('no-place');
});
