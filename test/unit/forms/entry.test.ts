import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { fixedIvNames } from '#contract/inventory';
import { readEntry } from '#forms/entry';
import { parseLayout } from '#forms/layout';
import { replaceValues, type RowValue } from '#forms/row-values';
import { type EntryPart, shapes, valuesIn } from '#test/support/forms/columns';

const iv = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex');
const body = Buffer.from('fbefbeff00', 'hex');
const ivText = iv.toString('base64');
const bodyText = body.toString('base64');
const place = { schema: 's', table: 't', column: 'c', kind: 'unknown' } as const;
const entryOf = (part: EntryPart) => readEntry({ ...place, layout: 'base64', ...part });

describe('an entry of an inventory', () => {
  test('is the whole cell without a path', () => {
    const form = entryOf({ layout: "'ENC:' hex cfb8" });
    expect(form).not.toHaveProperty('steps');
    expect(form).not.toHaveProperty('iv');
    expect(form.layout).toEqual(parseLayout("'ENC:' hex cfb8"));
  });

  test('leads to a leaf by its path, to another for its IV', () => {
    const form = entryOf({
      path: '$.list[*].data',
      layout: '"{body hex}"',
      iv: { path: '$.list[*].iv', layout: '"{iv hex}"' },
    });
    expect(form.steps).toEqual([{ member: 'list' }, 'elements', { member: 'data' }]);
    expect(form.iv).toMatchObject({ steps: [{ member: 'list' }, 'elements', { member: 'iv' }] });
    expect(form.iv).not.toHaveProperty('column');
  });

  test('takes the IV for base64 of a whole column, where it says no more', () => {
    const { iv: where } = entryOf({ layout: '"{body base64}"', iv: { column: 'nonce' } });
    if (!where || 'fixed' in where) throw new Error('the IV should be in a column');
    expect(where).toMatchObject({ column: 'nonce', steps: [] });
    expect(where.read(ivText)).toEqual(iv);
    expect(where.read(iv.toString('hex'))).toBeUndefined();
  });

  test.for(fixedIvNames)('may have the IV %s', (fixed) => {
    const form = entryOf({ layout: '"{body base64}"', iv: { fixed } });
    expect(form.iv).toHaveProperty('fixed');
    const [value] = valuesIn(bodyText, shapes.text, { layout: '"{body base64}"', iv: { fixed } });
    const bytes = { zero: Buffer.alloc(16), 'zero-digits': Buffer.from('0000000000000000') };
    const expected = fixed in bytes ? bytes[fixed as keyof typeof bytes] : fixed;
    const found = value?.ciphertext?.iv;
    expect(typeof found === 'string' ? found : Buffer.from(found ?? [])).toEqual(expected);
  });

  test.for<[string, EntryPart, string]>([
    ['an unknown layout', { layout: 'rot13' }, 'layout-unknown'],
    ['a template with an unknown part', { layout: '"{nonce+body base64}"' }, 'layout-unknown'],
    ['a document in an unknown encoding', { layout: 'json-base32' }, 'layout-unknown'],
    ['a document with an unknown word', { layout: 'json-base64 cfb1' }, 'layout-unknown'],
    ['a path that cannot be read', { path: '$..a' }, 'inventory-malformed'],
    ['a path of its IV that cannot be read', { iv: { path: '$..a' } }, 'inventory-malformed'],
    ['an unknown layout of its IV', { iv: { column: 'd', layout: 'rot13' } }, 'layout-unknown'],
  ])('with %s is refused', ([, part, code]) => {
    expect(() => entryOf(part)).toThrow(expect.objectContaining({ code }));
  });
});

describe('an entry of version 1', () => {
  const joined = Buffer.concat([iv, body]);
  const salt = randomBytes(8);
  const written = {
    base64: joined.toString('base64'),
    base64url: joined.toString('base64url'),
    hex: joined.toString('hex'),
    raw: joined,
    'hex:base64': `${iv.toString('hex')}:${bodyText}`,
    'hex:hex': `${iv.toString('hex')}:${body.toString('hex')}`,
    'base64:base64': `${ivText}:${bodyText}`,
    'json-base64': `{"iv":"${ivText}","data":"${bodyText}"}`,
    'json-hex': `{"nonce":"${iv.toString('hex')}","ct":"${body.toString('hex')}"}`,
    grafana: Buffer.concat([salt, joined]).toString('base64'),
    'grafana-raw': Buffer.concat([salt, joined]),
  };
  const layouts = Object.keys(written) as (keyof typeof written)[];
  const words = ['', ' cfb8', ' pkcs7', ' inner-base64', ' cfb8 pkcs7 inner-base64', ' raw-secret'];

  test.for(layouts)('is read as before: %s, with every word, in a cell of any type', (layout) => {
    const cell = written[layout];
    for (const word of words) {
      for (const shape of [shapes.text, shapes.bytes, ...(layout.startsWith('json') ? [shapes.json] : [])]) {
        const values = valuesIn(cell, shape, { layout: layout + word });
        expect(values).toHaveLength(1);
        expect(values[0]?.ciphertext).toMatchObject({ iv, body });
      }
      const form = entryOf({ layout: layout + word }).layout;
      expect(form.segment).toBe(word.includes('cfb8') ? 'cfb8' : 'cfb128');
      expect(form.padding).toBe(word.includes('pkcs7') ? 'pkcs7' : 'none');
      expect(form.innerBase64).toBe(word.includes('inner-base64'));
      const bySalt = word.includes('raw-secret') ? 'key-bytes' : 'key-text';
      expect(form.derivation).toBe(layout.startsWith('grafana') ? bySalt : 'none');
    }
  });

  test.for(layouts.filter((layout) => !layout.startsWith('json')))('is read after a prefix: %s', (layout) => {
    const cell = Buffer.concat([Buffer.from('ENC:'), Buffer.from(written[layout])]);
    const [value] = valuesIn(cell, shapes.bytes, { layout: `'ENC:' ${layout}` });
    expect(value?.ciphertext).toMatchObject({ iv, body });
  });

  test.for(layouts.filter((layout) => !layout.endsWith('raw')))('is read at a path: %s', (layout) => {
    const leaf = layout.startsWith('json') ? JSON.parse(String(written[layout])) : written[layout];
    for (const sealed of layout.startsWith('json') ? [leaf, written[layout]] : [leaf]) {
      const values = valuesIn(JSON.stringify({ list: [{ sealed }, {}] }), shapes.json, {
        path: '$.list[*].sealed',
        layout,
      });
      expect(values).toHaveLength(1);
      expect(values[0]?.ciphertext).toMatchObject({ iv, body });
    }
  });
});

describe('a document with its IV beside it', () => {
  const layout = 'json-base64';
  const find = (cell: string | Buffer, shape: (typeof shapes)[keyof typeof shapes] = shapes.json) =>
    valuesIn(cell, shape, { layout });

  test.for(['data', 'ciphertext', 'content', 'value', 'encrypted', 'encryptedData', 'ct'])(
    'may call its ciphertext %j',
    (name) => {
      for (const ivName of ['iv', 'IV', 'nonce']) {
        const [value] = find(JSON.stringify({ [ivName]: ivText, [name]: bodyText }));
        expect(value?.ciphertext).toMatchObject({ iv, body, keepsIv: true });
      }
    },
  );

  test.for([
    ['a list', [ivText, bodyText]],
    ['a text', ivText],
    ['without IV', { data: bodyText }],
    ['without ciphertext', { iv: ivText }],
    ['with two ciphertexts', { iv: ivText, data: bodyText, value: bodyText }],
    ['with two IVs', { iv: ivText, nonce: ivText, data: bodyText }],
    ['with a number for ciphertext', { iv: ivText, data: 1 }],
    ['with a short IV', { iv: iv.subarray(1).toString('base64'), data: bodyText }],
    ['with a long IV', { iv: Buffer.alloc(17).toString('base64'), data: bodyText }],
    ['with its parts one level down', { sealed: { iv: ivText, data: bodyText } }],
    ['in another encoding', { iv: iv.toString('hex'), data: body.toString('hex') }],
    ['with letters of another alphabet', { iv: ivText, data: bodyText.replace('/', 'į') }],
  ] as const)('%s is unreadable, and named', ([, value]) => {
    for (const shape of [shapes.json, shapes.text, shapes.bytes]) {
      const values = find(JSON.stringify(value), shape);
      expect(values.map(({ ciphertext }) => ciphertext)).toEqual([undefined]);
    }
  });

  test.for(['{"iv":', '{"iv":"', '{]', '{"iv":"AA", "data":"AA"} more', '{"iv":"AA",}', ivText])(
    'that is not JSON is unreadable, and named: %j',
    (text) => {
      for (const shape of [shapes.json, shapes.text, shapes.bytes]) {
        expect(find(text, shape).map(({ ciphertext }) => ciphertext)).toEqual([undefined]);
      }
    },
  );

  test('has members of the same names that are no text, and is read', () => {
    const [value, ...more] = find(
      JSON.stringify({ iv: ivText, nonce: 7, data: bodyText, value: 1, content: {} }),
    );
    expect(value?.ciphertext).toMatchObject({ iv, body });
    expect(more).toEqual([]);
  });

  test('has nothing to read where its ciphertext is empty', () => {
    expect(find(JSON.stringify({ iv: ivText, data: '' }))).toEqual([]);
    expect(find('null')).toEqual([]);
  });

  test('keeps every other byte as it stands', () => {
    const around = [
      '{ "é":"\\u00e9\\/🔑" ,\t"n":1.50e+2, "iv" : "',
      '" , "data":"',
      '",\n"z":[ ] }  ',
    ] as const;
    const cell = (iv: string, data: string) => Buffer.from(around[0] + iv + around[1] + data + around[2]);
    const fresh = randomBytes(5);
    expect(rewritten(cell(ivText, bodyText), fresh).toString()).toBe(
      cell(ivText, fresh.toString('base64')).toString(),
    );
  });

  test('that is not UTF-8 is read, and its other members are kept to the byte', () => {
    const note = Buffer.from('{"note":"caf\u00e9","iv":"', 'latin1');
    const cell = (data: string) => Buffer.concat([note, Buffer.from(`${ivText}","data":"${data}"}`)]);
    const fresh = randomBytes(5);
    expect(rewritten(cell(bodyText), fresh)).toEqual(cell(fresh.toString('base64')));
  });

  test('nested without end is unreadable', () => {
    const cell = Buffer.from(`{"iv":"${ivText}","data":"${bodyText}","deep":${'['.repeat(200_000)}`);
    expect(find(cell).map(({ ciphertext }) => ciphertext)).toEqual([undefined]);
  });

  function rewritten(cell: Buffer, fresh: Buffer): Buffer {
    const [value] = find(cell) as [RowValue];
    const sealed = Buffer.concat([Buffer.alloc(16, 0xaa), fresh]);
    return replaceValues(cell, 0, [{ value, edits: value.ciphertext?.rewrite({ sealed }) ?? [] }]);
  }
});
